"""Quick entry: a ticket in one line, such as `Fix login !high @ana #bug due friday WEB`."""
