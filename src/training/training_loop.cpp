#include "training/training_loop.hpp"

#include "core/error.hpp"
#include "core/progress.hpp"
#include "training/config_text.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iomanip>

namespace lowcal::training {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Appends lines to a table; writes its head if the file is new.
class CsvFile {
public:
    CsvFile(std::filesystem::path const& path, std::string const& head)
    {
        bool const fresh = !std::filesystem::exists(path);
        stream_.open(path, std::ios::app);
        if (!stream_) throw InputError("cannot write " + path.string(), "");
        stream_ << std::setprecision(6);
        if (fresh) stream_ << head << std::endl;
    }
    template <class First, class... Rest>
    void line(First const& first, Rest const&... rest)
    {
        stream_ << first;
        ((stream_ << ',' << rest), ...);
        stream_ << std::endl;
    }
    void line(std::vector<double> const& values)
    {
        for (std::size_t i = 0; i < values.size(); ++i) stream_ << (i ? "," : "") << values[i];
        stream_ << std::endl;
    }

private:
    std::ofstream stream_;
};

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
    return head;
}

/// One running training: its files, its clock, what happens between steps.
class Loop {
public:
    Loop(Trainer& trainer, PhysicsMonitor const& monitor, LoopConfig const& config, LoopState state)
        : trainer_(trainer),
          monitor_(monitor),
          config_(config),
          state_(state),
          seconds_before_(state.seconds),
          losses_(config.folder / "losses.csv",
                  "step,epoch,seconds,discriminator_real,discriminator_fake,generator,mean_shower,"
                  "single_shower"),
          physics_(config.folder / "physics.csv", physics_head())
    {
    }

    LoopEnd run(std::function<bool()> const& stop_requested)
    {
        Progress progress({.label = "train",
                           .total = static_cast<std::size_t>(config_.steps),
                           .done_before = static_cast<std::size_t>(trainer_.steps_done()),
                           .plain_interval = 60},
                          stderr);
        while (trainer_.steps_done() < config_.steps) {
            if (stop_requested()) return end(LoopEnd::stopped);
            if (config_.minutes > 0 && seconds() > 60 * config_.minutes) break;
            auto const losses = trainer_.step();
            if (!losses.finite()) return LoopEnd::not_a_number;
            log(losses);
            progress.update(static_cast<std::size_t>(trainer_.steps_done()), note_);
            if (seconds_since(last_checkpoint_) > 60 * config_.checkpoint_minutes) checkpoint();
            if (seconds_since(last_physics_) > 60 * config_.physics_minutes) look_at_physics();
        }
        look_at_physics();
        return end(LoopEnd::finished);
    }

private:
    Trainer& trainer_;
    PhysicsMonitor const& monitor_;
    LoopConfig const& config_;
    LoopState state_;
    double seconds_before_;
    CsvFile losses_;
    CsvFile physics_;
    StepLosses sum_{};
    std::int64_t summed_ = 0;
    std::string note_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_checkpoint_ = Clock::now();
    Clock::time_point last_physics_ = Clock::now();

    double seconds() const { return seconds_before_ + seconds_since(start_); }

    void log(StepLosses const& losses)
    {
        sum_.discriminator_real += losses.discriminator_real;
        sum_.discriminator_fake += losses.discriminator_fake;
        sum_.generator += losses.generator;
        sum_.mean_shower += losses.mean_shower;
        sum_.single_shower += losses.single_shower;
        if (++summed_ < config_.log_steps) return;
        auto const n = static_cast<double>(summed_);
        losses_.line(trainer_.steps_done(), trainer_.epochs_done(), seconds(),
                     sum_.discriminator_real / n, sum_.discriminator_fake / n, sum_.generator / n,
                     sum_.mean_shower / n, sum_.single_shower / n);
        sum_ = {};
        summed_ = 0;
    }

    void checkpoint()
    {
        state_.seconds = seconds();
        save_checkpoint(config_.folder, trainer_, state_);
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
        return "steps " + std::to_string(trainer_.steps_done()) + "\nepochs " +
               std::to_string(trainer_.epochs_done()) + "\nseconds " + std::to_string(seconds()) +
               "\nheld_out_shape_mse " + std::to_string(figures.shape_mse) + "\n";
    }

    void look_at_physics()
    {
        auto generator = trainer_.averaged_generator(config_.calibration_showers);
        auto const figures = monitor_(generator, trainer_.device(), trainer_.config().precision);
        std::vector<double> row{static_cast<double>(trainer_.steps_done()), trainer_.epochs_done(),
                                seconds(), figures.shape_mse};
        for (auto const& ratio : figures.sampling_fraction)
            row.insert(row.end(), {ratio.mean, ratio.rms});
        physics_.line(row);
        if (figures.score() < state_.best_score) {
            state_.best_score = figures.score();
            state_.best_step = trainer_.steps_done();
            save_generator(config_.folder / "best.pt", {.generator = generator,
                                                        .config = trainer_.config(),
                                                        .provenance = provenance(figures)});
        }
        note_ = "shape MSE " + std::to_string(figures.shape_mse) + ", score " +
                std::to_string(figures.score());
        draw_curves(config_.folder);
        last_physics_ = Clock::now();
    }
};

}  // namespace

LoopEnd run_training(Trainer& trainer, PhysicsMonitor const& monitor, LoopConfig const& config,
                     LoopState state, std::function<bool()> const& stop_requested)
{
    return Loop(trainer, monitor, config, state).run(stop_requested);
}

bool draw_curves(std::filesystem::path const& folder)
{
    std::FILE* const gnuplot = ::popen("gnuplot 2>/dev/null", "w");
    if (gnuplot == nullptr) return false;
    std::string const at = folder.string();
    std::fprintf(gnuplot,
                 "set terminal pngcairo noenhanced size 1200,900\nset output '%s/curves.png'\n"
                 "set datafile separator ','\nset key autotitle columnhead\nset grid\n"
                 "set multiplot layout 2,2\nset xlabel 'step'\n"
                 "set title 'Losses'\nset logscale y\n"
                 "plot '%s/losses.csv' using 1:4 with lines, '' using 1:5 with lines, "
                 "for [i=6:8] '' using 1:i with lines\n"
                 "set title 'Shape MSE (held-out training showers)'\n"
                 "plot '%s/physics.csv' using 1:4 with linespoints title 'shape MSE', "
                 "0.06 title 'bar'\nunset logscale y\n"
                 "set title 'Sampling fraction, mean: generated / Geant4'\nset yrange [0.8:1.2]\n"
                 "plot for [i=5:17:2] '%s/physics.csv' using 1:i with linespoints\n"
                 "set title 'Sampling fraction, rms: generated / Geant4'\nset yrange [0:3]\n"
                 "plot for [i=6:18:2] '%s/physics.csv' using 1:i with linespoints\n",
                 at.c_str(), at.c_str(), at.c_str(), at.c_str(), at.c_str());
    return ::pclose(gnuplot) == 0;
}

}  // namespace lowcal::training
