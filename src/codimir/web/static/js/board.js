// The board: cards are moved by mouse, touch and keyboard, and follow what others do.
import "./board/drag.js";
import "./board/keyboard.js";
import "./board/live.js";
import "./board/undo.js";
