#include "training/loop/curves.hpp"

#include "training/loop/csv_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::training {
namespace {

/// Columns of a table in one picture.
struct Panel {
    std::string_view title;
    std::string_view table;          ///< "losses" or "physics"
    std::vector<std::string> names;  ///< beginnings or ends of columns' names
    std::string_view settings;
    bool logarithmic = false;
};

/// Columns before the losses: step, epoch, seconds.
constexpr std::size_t first_loss = 3;

std::vector<Panel> panels(CsvTable const& losses)
{
    std::vector<std::string> all;
    for (std::size_t i = first_loss; i < losses.names.size(); ++i) all.push_back(losses.names[i]);
    return {
        {"Losses", "losses", all, "set logscale y\n", true},
        {"Shape MSE (held-out training showers)", "physics", {"shape_mse"}, "", true},
        {"Sampling fraction, mean: generated / Geant4",
         "physics",
         {"mean_"},
         "unset logscale y\nset yrange [0.8:1.2]\n"},
        {"Sampling fraction, rms: generated / Geant4", "physics", {"rms_"}, "set yrange [0:3]\n"},
        {"Cells above a threshold: generated / Geant4",
         "physics",
         {"hits_"},
         "set yrange [0.5:1.5]\n"},
        {"Lateral width: generated / Geant4", "physics", {"mean_width", "rms_width"}, ""}};
}

std::string number(double value)
{
    if (!std::isfinite(value)) return "NaN";
    std::ostringstream text;
    text.precision(17);
    text << value;
    return text.str();
}

std::string data_block(std::string_view name, CsvTable const& table)
{
    std::string text("$");
    text.append(name).append(" << EOD\n");
    for (auto const& row : table.rows) {
        for (double const value : row) text += number(value) + " ";
        text += "\n";
    }
    return text + "EOD\n";
}

/// gnuplot fails where a plot has no point.
bool has_points(CsvTable const& table, std::size_t column, bool logarithmic)
{
    return std::ranges::any_of(table.rows, [&](auto const& row) {
        return std::isfinite(row[column]) && (!logarithmic || row[column] > 0);
    });
}

bool belongs(std::string const& column, Panel const& panel)
{
    bool const width = column.ends_with("_width");
    return std::ranges::any_of(panel.names, [&](std::string const& name) {
        return column == name || (name.ends_with('_') && !width && column.starts_with(name));
    });
}

std::string plot(CsvTable const& table, Panel const& panel)
{
    std::string curves;
    for (std::size_t column = 0; column < table.names.size(); ++column) {
        if (!belongs(table.names[column], panel)) continue;
        if (!has_points(table, column, panel.logarithmic)) continue;
        curves += (curves.empty() ? "plot $" : ", $") + std::string(panel.table) +
                  " using 1:" + std::to_string(column + 1) +
                  " with linespoints pointtype 7 pointsize 0.3 title " +
                  gnuplot_text(table.names[column]);
    }
    auto const settings =
        std::string(panel.settings) + "set title " + gnuplot_text(panel.title) + "\n";
    return settings + (curves.empty() ? "set multiplot next" : curves) + "\n";
}

}  // namespace

DrawResult draw_curves(std::filesystem::path const& folder)
{
    auto const losses = read_csv(folder / "losses.csv");
    auto const physics = read_csv(folder / "physics.csv");
    if (losses.rows.empty()) return DrawResult::nothing_to_draw;
    auto script = data_block("losses", losses) + data_block("physics", physics) +
                  "set grid\nset multiplot layout 3,2\nset xlabel 'step'\n";
    for (auto const& panel : panels(losses))
        script += plot(panel.table == "losses" ? losses : physics, panel);
    return draw_with_gnuplot(folder / "curves.png", {.width = 800, .height = 800},
                             script + "unset multiplot\n");
}

}  // namespace lowcal::training
