#include "workflows/evaluate/evaluation_report.hpp"

#include "core/files/atomic_file.hpp"
#include "validation/report/html_report.hpp"
#include "validation/report/shower_scene.hpp"
#include "workflows/candidate.hpp"

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;
using validation::Legend;
using validation::ReportFigure;

/// The drawing itself, without what stands before it in a file of its own.
std::string svg_of(fs::path const& picture)
{
    std::ifstream file(picture);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    auto const start = text.find("<svg");
    return start == std::string::npos ? "" : text.substr(start);
}

/// Ids inside an SVG are those of its page: each picture gets its own.
std::string with_own_ids(std::string svg, std::string const& prefix)
{
    for (std::string const mark : {"id=\"", "id='", "href=\"#", "href='#", "url(#"}) {
        for (auto place = svg.find(mark); place != std::string::npos;
             place = svg.find(mark, place + mark.size() + prefix.size()))
            svg.insert(place + mark.size(), prefix);
    }
    return svg;
}

/// Draws the figures of a report one after the other.
class FigureMaker {
public:
    explicit FigureMaker(fs::path const& folder) : folder_(folder) {}

    template <class Draw>
    void operator()(std::string const& name, ReportFigure figure, Draw draw)
    {
        auto const picture = folder_ / (name + ".svg");
        take(std::move(figure), picture, draw(picture));
    }

    /// The same of several samples: the picture in the report shares its legend, that in the folder
    /// has its own.
    template <class Draw>
    void with_legend(std::string const& name, ReportFigure figure, Draw draw)
    {
        auto const picture = folder_ / (name + ".svg");
        auto const result = draw(picture, Legend::shared);
        take(std::move(figure), picture, result);
        if (result == DrawResult::drawn) draw(picture, Legend::own);
    }

    std::vector<ReportFigure> const& figures() const { return figures_; }
    DrawResult result() const { return result_; }

private:
    fs::path const& folder_;
    std::vector<ReportFigure> figures_;
    DrawResult result_ = DrawResult::drawn;

    void take(ReportFigure figure, fs::path const& picture, DrawResult result)
    {
        if (result == DrawResult::no_gnuplot) result_ = result;
        if (result == DrawResult::drawn)
            figure.svg = with_own_ids(svg_of(picture), "p" + std::to_string(figures_.size()) + "_");
        figures_.push_back(std::move(figure));
    }
};

void add_common_figures(validation::Evaluation const& evaluation, FigureMaker& make)
{
    make.with_legend(
        "profiles",
        {"Mean profiles", "",
         "Mean cell energy over primary energy along each axis. Bands and bars: standard errors.",
         profile_numbers(evaluation)},
        [&](auto const& file, Legend legend) { return draw_profiles(evaluation, file, legend); });
    make.with_legend("sampling_fraction",
                     {"Sampling fraction against energy", "",
                      "Sum of the cells over the primary energy; below, ratios of mean and spread.",
                      observable_numbers(evaluation, physics::sampling_fraction)},
                     [&](auto const& file, Legend legend) {
                         return draw_sampling_fraction(evaluation, file, legend);
                     });
    make.with_legend(
        "cell_spectrum",
        {"Cell-energy spectrum", "", "Cells above zero. Bands and bars: standard errors.",
         spectrum_numbers(evaluation)},
        [&](auto const& file, Legend legend) { return draw_spectrum(evaluation, file, legend); });
    make.with_legend(
        "layers",
        {"Layer by layer", "",
         "Means over the showers with energy in the layer. Bands and bars: standard errors.",
         layer_numbers(evaluation)},
        [&](auto const& file, Legend legend) { return draw_layers(evaluation, file, legend); });
    auto const observables = evaluation.comparisons.front().set->observables();
    for (std::size_t i = 0; i < observables.size(); ++i)
        make.with_legend(
            file_name_of("observable_" + observables[i].key),
            {observables[i].name, "",
             "Left: all energies, the end bins hold what lies outside. Right: means of the energy "
             "bins. Bands and bars: standard errors.",
             observable_numbers(evaluation, i)},
            [&, i](auto const& file, Legend legend) {
                return draw_observable(evaluation, i, file, legend);
            });
}

void add_figures_of(validation::Evaluation const& evaluation, std::size_t number,
                    ReportShowers const& showers, FigureMaker& make)
{
    auto const& comparison = evaluation.comparisons[number];
    auto const name = file_name_of(comparison.name);
    make("correlations_" + name,
         {"Correlations of layer energies: " + comparison.name, "",
          "Correlation coefficients at equal primary energy; white is none.",
          correlation_numbers(comparison)},
         [&](auto const& file) { return draw_correlations(evaluation, comparison, file); });
    make("mean_shower_" + name,
         {"Mean shower: " + comparison.name, "",
          "Mean of all showers of a sample, summed along each direction in turn.", ""},
         [&](auto const& file) { return draw_shower_pair(showers.mean[number], file); });
    make("shower_" + name,
         {"Single showers: " + comparison.name, "",
          "One shower of each sample, of the same primary energy as far as there is one.", ""},
         [&](auto const& file) { return draw_shower_pair(showers.single[number], file); });
}

/// The pictures that other documents show.
void draw_for_documents(validation::Evaluation const& evaluation, ReportShowers const& showers,
                        fs::path const& folder)
{
    draw_profiles(evaluation, folder / "profiles.png");
    draw_sampling_fraction(evaluation, folder / "sampling_fraction.png");
    for (auto const& pair : showers.single)
        draw_shower_pair(pair, folder / ("shower_" + file_name_of(pair.candidate_name) + ".png"));
}

}  // namespace

DrawResult write_report(validation::Evaluation const& evaluation, ReportShowers const& showers,
                        fs::path const& folder)
{
    FigureMaker make(folder);
    if (!evaluation.comparisons.empty()) add_common_figures(evaluation, make);
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i)
        add_figures_of(evaluation, i, showers, make);
    write_file_atomically(folder / "report.html",
                          validation::html_report(evaluation, make.figures(),
                                                  validation::shower_scene(showers.single)));
    if (make.result() == DrawResult::drawn) draw_for_documents(evaluation, showers, folder);
    return make.result();
}

}  // namespace lowcal::workflows
