"""A ticket in one line: `Fix login !high @ana #bug due friday WEB`."""
