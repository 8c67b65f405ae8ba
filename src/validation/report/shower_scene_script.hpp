#pragma once

namespace lowcal::validation {

/// Draws what shower_scene writes. Showers are lists of x, y, z (thousandths of the box, depth
/// last) and e (hundredths of a decade over the least energy).
inline constexpr char const* scene_script = R"js(
(function () {
  var scene = JSON.parse(document.getElementById("scene-data").textContent);
  var canvases = [document.getElementById("scene-reference"), document.getElementById("scene-candidate")];
  var choice = document.getElementById("scene-choice");
  var names = [document.getElementById("scene-name-reference"),
               document.getElementById("scene-name-candidate")];
  // Viridis, dark where hot.
  var colours = ["#fde725", "#b5de2b", "#6ece58", "#35b779", "#1f9e89", "#26828e", "#31688e",
                 "#3e4989", "#482878", "#440154"];
  var turn = -0.6, tilt = 0.35;
  function project(x, y, z) {
    var a = x * Math.cos(turn) - z * Math.sin(turn), b = x * Math.sin(turn) + z * Math.cos(turn);
    return [a, y * Math.cos(tilt) - b * Math.sin(tilt), y * Math.sin(tilt) + b * Math.cos(tilt)];
  }
  function draw(canvas, cells) {
    var ratio = window.devicePixelRatio || 1, wide = canvas.clientWidth, high = canvas.clientHeight;
    if (!wide) return;
    canvas.width = wide * ratio;
    canvas.height = high * ratio;
    var pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    var size = scene.box, unit = 0.9 * Math.min(wide, high) / Math.hypot(size[0], size[1], size[2]);
    function place(p) { return [wide / 2 + unit * p[0], high / 2 - unit * p[1], p[2]]; }
    function corner(i) {
      return place(project(((i & 1) - 0.5) * size[0], ((i >> 1 & 1) - 0.5) * size[1],
                           ((i >> 2 & 1) - 0.5) * size[2]));
    }
    pen.strokeStyle = "#bbb";
    pen.lineWidth = 1;
    for (var i = 0; i < 8; ++i)
      for (var bit = 1; bit < 8; bit <<= 1)
        if (!(i & bit)) {
          var from = corner(i), to = corner(i | bit);
          pen.beginPath();
          pen.moveTo(from[0], from[1]);
          pen.lineTo(to[0], to[1]);
          pen.stroke();
        }
    var points = [];
    for (var k = 0; k < cells.length; k += 4) {
      var p = place(project((cells[k] / 1000 - 0.5) * size[0], (cells[k + 1] / 1000 - 0.5) * size[1],
                            (cells[k + 2] / 1000 - 0.5) * size[2]));
      points.push([p[0], p[1], p[2], cells[k + 3] / scene.span]);
    }
    points.sort(function (a, b) { return b[2] - a[2]; });
    points.forEach(function (p) {
      pen.fillStyle = colours[Math.min(9, Math.floor(10 * p[3]))];
      pen.beginPath();
      pen.arc(p[0], p[1], 0.6 + 0.011 * Math.min(wide, high) * (0.2 + p[3]), 0, 6.2832);
      pen.fill();
    });
    pen.fillStyle = "#555";
    pen.font = "12px system-ui, sans-serif";
    var start = place(project(0, 0, -0.5 * size[2]));
    pen.fillText("in", start[0] + 4, start[1] - 4);
  }
  function show() {
    var pair = scene.pairs[choice.value];
    names[0].textContent = pair.reference.text;
    names[1].textContent = pair.candidate.text;
    draw(canvases[0], pair.reference.cells);
    draw(canvases[1], pair.candidate.cells);
  }
  canvases.forEach(function (canvas) {
    var last = null;
    canvas.addEventListener("pointerdown", function (event) {
      last = [event.clientX, event.clientY];
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", function (event) {
      if (!last) return;
      turn += 0.01 * (event.clientX - last[0]);
      tilt = Math.max(-1.57, Math.min(1.57, tilt + 0.01 * (event.clientY - last[1])));
      last = [event.clientX, event.clientY];
      show();
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      canvas.addEventListener(name, function () { last = null; });
    });
    canvas.addEventListener("keydown", function (event) {
      var steps = {ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1]};
      var step = steps[event.key];
      if (!step) return;
      turn += step[0];
      tilt = Math.max(-1.57, Math.min(1.57, tilt + step[1]));
      event.preventDefault();
      show();
    });
  });
  choice.addEventListener("change", show);
  window.addEventListener("resize", show);
  window.addEventListener("beforeprint", show);
  show();
})();
)js";

}  // namespace lowcal::validation
