#include "training/training_loop.hpp"

#include "core/error.hpp"
#include "core/progress.hpp"
#include "training/config_text.hpp"
#include "training/csv_file.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>

namespace lowcal::training {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string physics_head()
{
    std::string head = "step,epoch,seconds,shape_mse";
    auto add = [&](EnergyBin const& bin) {
        auto const range = std::to_string(static_cast<int>(bin.low)) + "_" +
                           std::to_string(static_cast<int>(bin.high));
        head += ",mean_" + range + ",rms_" + range;
    };
    for (auto const& bin : energy_bins) add(bin);
    add(low_energy_bin);
    for (double const threshold : hit_thresholds)
        head += ",hits_" + std::to_string(std::lround(1000.0 * threshold)) + "_keV";
    return head + ",mean_width,rms_width";
}

std::vector<double> physics_row(PhysicsFigures const& figures)
{
    std::vector<double> row{figures.shape_mse};
    for (auto const& ratio : figures.sampling_fraction)
        row.insert(row.end(), {ratio.mean, ratio.rms});
    row.insert(row.end(), figures.hits.begin(), figures.hits.end());
    row.insert(row.end(), {figures.width.mean, figures.width.rms});
    return row;
}

bool finite(std::vector<NamedLoss> const& losses)
{
    return std::all_of(losses.begin(), losses.end(),
                       [](auto const& loss) { return std::isfinite(loss.value); });
}

/// One running training: its files, its clock, what happens between steps.
class Loop {
public:
    Loop(TrainingRun& training, PhysicsMonitor const& monitor, LoopConfig const& config,
         LoopState state)
        : training_(training),
          monitor_(monitor),
          config_(config),
          state_(state),
          seconds_before_(state.seconds),
          physics_(config.folder / "physics.csv", physics_head())
    {
    }

    LoopEnd run(std::function<bool()> const& stop_requested)
    {
        Progress progress({.label = "train",
                           .total = static_cast<std::size_t>(config_.steps),
                           .done_before = static_cast<std::size_t>(training_.steps_done()),
                           .plain_interval = 60},
                          stderr);
        while (training_.steps_done() < config_.steps) {
            if (stop_requested()) return end(LoopEnd::stopped);
            if (config_.minutes > 0 && seconds() > 60 * config_.minutes) break;
            auto const losses = training_.advance();
            if (!finite(losses)) return LoopEnd::not_a_number;
            log(losses);
            progress.update(static_cast<std::size_t>(training_.steps_done()), note_);
            if (seconds_since(last_checkpoint_) > 60 * config_.checkpoint_minutes) checkpoint();
            if (seconds_since(last_physics_) > 60 * config_.physics_minutes) look_at_physics();
        }
        look_at_physics();
        return end(LoopEnd::finished);
    }

private:
    TrainingRun& training_;
    PhysicsMonitor const& monitor_;
    LoopConfig const& config_;
    LoopState state_;
    double seconds_before_;
    std::optional<CsvFile> losses_;  ///< its head needs the losses' names
    CsvFile physics_;
    std::vector<double> sums_;
    std::int64_t summed_ = 0;
    std::string note_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_checkpoint_ = Clock::now();
    Clock::time_point last_physics_ = Clock::now();

    double seconds() const { return seconds_before_ + seconds_since(start_); }

    void log(std::vector<NamedLoss> const& losses)
    {
        if (!losses_) {
            std::string head = "step,epoch,seconds";
            for (auto const& loss : losses) head += "," + loss.name;
            losses_.emplace(config_.folder / "losses.csv", head);
        }
        sums_.resize(losses.size(), 0.0);
        for (std::size_t i = 0; i < losses.size(); ++i) sums_[i] += losses[i].value;
        if (++summed_ < config_.log_steps) return;
        std::vector<double> row = position();
        for (double const sum : sums_) row.push_back(sum / static_cast<double>(summed_));
        losses_->line(row);
        sums_.clear();
        summed_ = 0;
    }

    /// The first columns of both tables.
    std::vector<double> position() const
    {
        return {static_cast<double>(training_.steps_done()), training_.epochs_done(), seconds()};
    }

    void checkpoint()
    {
        state_.seconds = seconds();
        save_checkpoint(config_.folder, training_, state_);
        last_checkpoint_ = Clock::now();
    }

    LoopEnd end(LoopEnd how)
    {
        checkpoint();
        draw_curves(config_.folder);
        return how;
    }

    std::string provenance(PhysicsFigures const& figures) const
    {
        return "steps " + std::to_string(training_.steps_done()) + "\nepochs " +
               std::to_string(training_.epochs_done()) + "\nseconds " + std::to_string(seconds()) +
               "\nheld_out_shape_mse " + std::to_string(figures.shape_mse) + "\n";
    }

    void look_at_physics()
    {
        auto const candidate = training_.candidate(config_.calibration_showers);
        auto const figures =
            monitor_([&](torch::Tensor const& energy) { return candidate->showers(energy); });
        auto row = position();
        auto const physics = physics_row(figures);
        row.insert(row.end(), physics.begin(), physics.end());
        physics_.line(row);
        auto const score = training_.score(figures);
        if (score < state_.best_score) {
            state_.best_score = score;
            state_.best_step = training_.steps_done();
            candidate->save(config_.folder / "best.pt", provenance(figures));
        }
        note_ =
            "shape MSE " + std::to_string(figures.shape_mse) + ", score " + std::to_string(score);
        draw_curves(config_.folder);
        last_physics_ = Clock::now();
    }
};

}  // namespace

LoopEnd run_training(TrainingRun& training, PhysicsMonitor const& monitor, LoopConfig const& config,
                     LoopState state, std::function<bool()> const& stop_requested)
{
    return Loop(training, monitor, config, state).run(stop_requested);
}

bool draw_curves(std::filesystem::path const& folder)
{
    std::FILE* const gnuplot = ::popen("gnuplot 2>/dev/null", "w");
    if (gnuplot == nullptr) return false;
    std::string const at = folder.string();
    std::fprintf(gnuplot,
                 "set terminal pngcairo noenhanced size 1200,1200\nset output '%s/curves.png'\n"
                 "set datafile separator ','\nset key autotitle columnhead\nset grid\n"
                 "losses = '%s/losses.csv'\nphysics = '%s/physics.csv'\n"
                 "stats losses skip 1 nooutput\nlast_loss = STATS_columns\n"
                 "set multiplot layout 3,2\nset xlabel 'step'\n"
                 "set title 'Losses'\nset logscale y\n"
                 "plot for [i=4:last_loss] losses using 1:i with lines\n"
                 "set title 'Shape MSE (held-out training showers)'\n"
                 "plot physics using 1:4 with linespoints title 'shape MSE', "
                 "0.06 title 'bar'\nunset logscale y\n"
                 "set title 'Sampling fraction, mean: generated / Geant4'\nset yrange [0.8:1.2]\n"
                 "plot for [i=5:17:2] physics using 1:i with linespoints\n"
                 "set title 'Sampling fraction, rms: generated / Geant4'\nset yrange [0:3]\n"
                 "plot for [i=6:18:2] physics using 1:i with linespoints\n"
                 "set title 'Cells above a threshold: generated / Geant4'\nset yrange [0.5:1.5]\n"
                 "plot for [i=19:22] physics using 1:i with linespoints\n"
                 "set title 'Lateral width: generated / Geant4'\n"
                 "plot for [i=23:24] physics using 1:i with linespoints\n",
                 at.c_str(), at.c_str(), at.c_str());
    return ::pclose(gnuplot) == 0;
}

}  // namespace lowcal::training
