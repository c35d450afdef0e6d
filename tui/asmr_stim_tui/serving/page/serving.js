"use strict";
// The terminal is reached by the way this page came, whatever port a tunnel begins at.
document.getElementById("terminal").dataset.sessionWebsocketUrl =
  "ws://" + location.host + location.pathname + "ws";
document.getElementById("again").addEventListener("click", () => location.reload());
