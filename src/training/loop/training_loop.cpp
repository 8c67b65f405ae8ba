#include "training/loop/training_loop.hpp"

#include "core/error.hpp"
#include "core/progress.hpp"
#include "physics/energy_bins.hpp"
#include "training/loop/config_text.hpp"
#include "training/loop/csv_file.hpp"
#include "training/loop/curves.hpp"
#include "training/loop/members.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iomanip>
#include <optional>
#include <sstream>

namespace lowcal::training {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// To six digits, as short as can be.
std::string short_text(double number)
{
    std::ostringstream text;
    text << std::setprecision(6) << number;
    return text.str();
}

/// "2.5" as "2p5": names of columns are words for gnuplot.
std::string word(double number)
{
    auto text = short_text(number);
    std::ranges::replace(text, '.', 'p');
    return text;
}

std::string physics_head(Detector const& detector)
{
    std::string head = "step,epoch,seconds,shape_mse";
    for (auto const& bin : physics::reported_bins(detector)) {
        auto const range = word(bin.low) + "_" + word(bin.high);
        head += ",mean_" + range + ",rms_" + range;
    }
    for (double const threshold : detector.hit_thresholds)
        head += ",hits_" + word(1e6 * threshold) + "_keV";
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
         LoopState state, Ranks const& ranks)
        : training_(training),
          monitor_(monitor),
          config_(config),
          state_(state),
          ranks_(ranks),
          seconds_before_(state.seconds)
    {
        if (!ranks_.is_first()) return;
        physics_.emplace(config.folder / "physics.csv", physics_head(monitor.detector()),
                         training.steps_done());
        remark_on_torn_lines(*physics_, "physics.csv");
    }

    LoopEnd run(std::function<bool()> const& stop_requested)
    {
        std::optional<Progress> progress;
        if (ranks_.is_first()) progress.emplace(progress_config(), stderr);
        std::vector<NamedLoss> losses;
        auto asked = average(losses, stop_requested());
        while (training_.steps_done() < config_.steps) {
            // Of several processes each learns what the others ask for with the losses of the step
            // before. To one alone asking costs nothing: it may be told while it looks at physics.
            if (ranks_.size() == 1) asked = average(losses, stop_requested());
            if (asked.stop) return end(LoopEnd::stopped);
            if (asked.end) break;
            losses = training_.advance();
            asked = average(losses, stop_requested());
            if (!finite(losses)) return LoopEnd::not_a_number;
            if (!ranks_.is_first()) continue;
            log(losses);
            progress->update(done(), note_);
            if (auto const member = finished_member(training_.config(), training_.steps_done()))
                keep_member(*member);
            if (seconds_since(last_checkpoint_) > 60 * config_.checkpoint_minutes) checkpoint();
            if (seconds_since(last_physics_) > 60 * config_.physics_minutes) look_at_physics();
        }
        if (ranks_.is_first()) look_at_physics();
        return end(LoopEnd::finished);
    }

private:
    TrainingRun& training_;
    PhysicsMonitor const& monitor_;
    LoopConfig const& config_;
    LoopState state_;
    Ranks const& ranks_;
    double seconds_before_;
    std::optional<CsvFile> losses_;  ///< its head needs the losses' names
    std::optional<CsvFile> physics_;
    std::string note_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_checkpoint_ = Clock::now();
    Clock::time_point last_physics_ = Clock::now();

    Progress::Config progress_config() const
    {
        return {
            .label = is_timed() ? "train, seconds" : "train",
            .total = static_cast<std::size_t>(is_timed() ? 60 * config_.minutes : steps_in_all()),
            .done_before = done(),
            .plain_interval = 60};
    }

    /// What one of the ranks asks of all.
    struct Asked {
        bool stop;  ///< a signal came
        bool end;   ///< its time is over
    };

    /// Losses, which are of a rank's part of the batch, become means over the ranks. In the same
    /// exchange each learns what the others ask for.
    Asked average(std::vector<NamedLoss>& losses, bool stop) const
    {
        bool const late = is_timed() && seconds() > 60 * config_.minutes;
        std::vector<double> values{stop ? 1.0 : 0.0, late ? 1.0 : 0.0};
        auto const first = values.size();
        for (auto const& loss : losses) values.push_back(loss.value);
        values = ranks_.average(values);
        for (std::size_t i = 0; i < losses.size(); ++i) losses[i].value = values[first + i];
        return {.stop = values[0] > 0, .end = values[1] > 0};
    }

    bool is_timed() const { return config_.minutes > 0; }
    double steps_in_all() const { return static_cast<double>(config_.steps); }
    /// Of what ends the training: its time where that is limited, else its steps.
    std::size_t done() const
    {
        auto const steps = static_cast<double>(training_.steps_done());
        return static_cast<std::size_t>(is_timed() ? seconds() : steps);
    }

    double seconds() const { return seconds_before_ + seconds_since(start_); }

    void log(std::vector<NamedLoss> const& losses)
    {
        if (!losses_) {
            std::string head = "step,epoch,seconds";
            for (auto const& loss : losses) head += "," + loss.name;
            losses_.emplace(config_.folder / "losses.csv", head, training_.steps_done() - 1);
            remark_on_torn_lines(*losses_, "losses.csv");
        }
        auto& sums = state_.loss_sums;
        sums.resize(losses.size(), 0.0);
        for (std::size_t i = 0; i < losses.size(); ++i) sums[i] += losses[i].value;
        if (++state_.summed_steps < config_.log_steps) return;
        std::vector<double> row = position();
        for (double const sum : sums) row.push_back(sum / static_cast<double>(state_.summed_steps));
        losses_->line(row);
        sums.clear();
        state_.summed_steps = 0;
    }

    static void remark_on_torn_lines(CsvFile const& file, char const* name)
    {
        if (file.torn_lines() > 0)
            std::fprintf(stderr, "Warning: %zu torn lines of %s dropped\n", file.torn_lines(),
                         name);
    }

    /// The first columns of both tables.
    std::vector<double> position() const
    {
        return {static_cast<double>(training_.steps_done()), training_.epochs_done(), seconds()};
    }

    /// The tables first: on the disk they are never behind the checkpoint.
    void checkpoint()
    {
        if (losses_) losses_->sync();
        physics_->sync();
        state_.seconds = seconds();
        save_checkpoint(config_.folder, training_, state_);
        last_checkpoint_ = Clock::now();
    }

    /// A picture that fails does not end a training of days.
    void draw() const
    {
        try {
            draw_curves(config_.folder);
        } catch (InputError const& error) {
            std::fprintf(stderr, "Warning: no picture of the curves: %s\n", error.what());
        }
    }

    LoopEnd end(LoopEnd how)
    {
        if (!ranks_.is_first()) return how;
        checkpoint();
        draw();
        return how;
    }

    std::string provenance() const
    {
        return "steps " + std::to_string(training_.steps_done()) + "\nepochs " +
               std::to_string(training_.epochs_done()) + "\nseconds " + std::to_string(seconds()) +
               "\n";
    }

    void keep_member(std::int64_t member)
    {
        training_.candidate(config_.calibration_showers)
            ->save(member_file(config_.folder, member),
                   provenance() + "member " + std::to_string(member) + "\n");
    }

    void look_at_physics()
    {
        if (!config_.physics) return;
        auto const candidate = training_.candidate(config_.calibration_showers);
        auto const figures =
            monitor_([&](Primary const& primary) { return candidate->showers(primary); });
        auto row = position();
        auto const physics = physics_row(figures);
        row.insert(row.end(), physics.begin(), physics.end());
        physics_->line(row);
        auto const score = training_.score(figures);
        if (score < state_.best_score) {
            state_.best_score = score;
            state_.best_step = training_.steps_done();
            candidate->save(
                config_.folder / "best.pt",
                provenance() + "held_out_shape_mse " + std::to_string(figures.shape_mse) + "\n");
        }
        note_ =
            "shape MSE " + std::to_string(figures.shape_mse) + ", score " + std::to_string(score);
        draw();
        last_physics_ = Clock::now();
    }
};

}  // namespace

LoopEnd run_training(TrainingRun& training, PhysicsMonitor const& monitor, LoopConfig const& config,
                     LoopState state, std::function<bool()> const& stop_requested,
                     Ranks const& ranks)
{
    return Loop(training, monitor, config, state, ranks).run(stop_requested);
}

}  // namespace lowcal::training
