#include "workflows/precision/tune.hpp"

#include "core/files/atomic_file.hpp"
#include "core/listener.hpp"
#include "core/printable.hpp"
#include "core/processes/gnuplot.hpp"
#include "workflows/precision/judgement_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;
using quantisation::Judgement;
using quantisation::Trial;
using quantisation::Tuner;

/// Whether no other trial is both cheaper and nearer to float32.
bool on_front(Trial const& trial, std::vector<Trial> const& all)
{
    return std::none_of(all.begin(), all.end(), [&](Trial const& other) {
        bool const no_worse = other.cost <= trial.cost && other.excess <= trial.excess;
        return no_worse && (other.cost < trial.cost || other.excess < trial.excess);
    });
}

std::string trial_line(Trial const& trial)
{
    return fmt::format("{:>7.3f} {:>9.0f} {:>6} {:>10.1f} {:>7.2f}  {:<44} {}", trial.cost,
                       trial.us_per_shower, trial.moved, trial.excess, trial.worst.sure_ratio(),
                       trial.worst.name, printable(trial.plan));
}

std::string front_table(Tuner::Result const& result)
{
    std::string text =
        "trial,cost,us_per_shower,moved,excess,worst_ratio,worst_criterion,front,best,plan\n";
    for (std::size_t i = 0; i < result.trials.size(); ++i) {
        auto const& trial = result.trials[i];
        text += fmt::format("{},{:.4f},{:.1f},{},{:.4f},{:.4f},\"{}\",{},{},\"{}\"\n", i + 1,
                            trial.cost, trial.us_per_shower, trial.moved, trial.excess,
                            trial.worst.sure_ratio(), trial.worst.name,
                            on_front(trial, result.trials) ? 1 : 0, i == result.best ? 1 : 0,
                            trial.plan);
    }
    return text;
}

std::string points(std::vector<Trial> trials, char const* name)
{
    std::sort(trials.begin(), trials.end(),
              [](auto const& a, auto const& b) { return a.cost < b.cost; });
    auto text = fmt::format("${} << EOD\n", name);
    for (auto const& trial : trials)
        text += fmt::format("{} {}\n", trial.cost, std::max(0.01, trial.worst.sure_ratio()));
    return text + "EOD\n";
}

void draw_front(Tuner::Result const& result, double tolerance, fs::path const& picture)
{
    std::vector<Trial> front;
    for (auto const& trial : result.trials)
        if (on_front(trial, result.trials)) front.push_back(trial);
    auto const script =
        points(result.trials, "all") + points(front, "front") +
        points({result.trials[result.best]}, "best") +
        fmt::format(
            "set logscale y\nset grid\nset key top right\n"
            "set xlabel 'cost (billions of 8-bit products a shower)'\n"
            "set ylabel 'largest sure shift (errors at 10000 showers)'\n"
            "plot {} with lines lw 2 dt 2 lc rgb '#444444' title 'tolerated', "
            "$all with points pt 7 ps 1.2 lc rgb '#56B4E9' title 'tried', "
            "$front with linespoints pt 6 ps 2 lw 2 lc rgb '#0072B2' title 'front', "
            "$best with points pt 2 ps 3 lw 3 lc rgb '#D55E00' title 'chosen'\n",
            tolerance);
    draw_with_gnuplot(picture, {}, script);
}

std::string criteria_table(Judgement const& judgement)
{
    std::string text = "criterion,shift,error,noise,ratio,sure_ratio\n";
    for (auto const& criterion : judgement.criteria)
        text += fmt::format("\"{}\",{:.6g},{:.6g},{:.6g},{:.4f},{:.4f}\n", criterion.name,
                            criterion.shift, criterion.error, criterion.noise, criterion.ratio(),
                            criterion.sure_ratio());
    return text;
}

/// The criteria that surely moved, in words; empty if none.
std::string missed_in(Judgement const& judgement, double tolerance)
{
    std::string text;
    std::size_t count = 0;
    for (auto const& criterion : moved_criteria(judgement, tolerance)) {
        if (!(criterion.sure_ratio() > tolerance)) break;
        if (++count <= 3)
            text += fmt::format("{}{} ({:.1f} errors)", count == 1 ? "" : ", ", criterion.name,
                                criterion.sure_ratio());
    }
    return count <= 3 ? text : text + fmt::format(" and {} more", count - 3);
}

}  // namespace

TuneOutcome tune(graph::Graph const& network, quantisation::Quantiser& quantiser,
                 TuneRequest const& request)
{
    fs::create_directories(request.folder);
    JudgementStore store(request.folder / "judgements.jsonl", request.identity);
    request.say(fmt::format("{} judgements of an earlier run in {}; judging on {} showers",
                            store.count(), printable(request.folder.string()),
                            request.judge.count));
    if (store.torn_lines() > 0)
        remark(RemarkKind::warning,
               fmt::format("{} unreadable lines of judgements.jsonl dropped", store.torn_lines()));
    PrecisionJudge const judge(network, request.judge);
    Tuner tuner(
        network, quantiser,
        [&](std::string const& plan, std::function<quantisation::Int8Network()> const& make) {
            if (auto known = store.find(plan)) return *known;
            auto judgement = judge(make().graph);
            store.keep(plan, judgement);
            return judgement;
        },
        request.tuner);
    request.say(fmt::format("{:>7} {:>9} {:>6} {:>10} {:>7}  {:<44} {}", "cost", "us/shower",
                            "moved", "excess", "worst", "criterion", "plan"));
    auto const result = tuner.run([&](Trial const& trial) { request.say(trial_line(trial)); });
    auto const& best = result.trials[result.best];
    write_file_atomically(request.folder / "front.csv", front_table(result));
    draw_front(result, request.tuner.tolerance, request.folder / "front.png");
    request.say(fmt::format("{} trials{}; chosen: {}", result.trials.size(),
                            result.stopped ? ", stopped by --trials or --minutes" : "",
                            printable(best.plan)));

    auto final_config = request.judge;
    final_config.count = request.final_count;
    auto const final_judgement =
        PrecisionJudge(network, final_config)(quantiser(best.config).graph);
    write_file_atomically(request.folder / "criteria.csv", criteria_table(final_judgement));
    TuneOutcome outcome{.config = best.config,
                        .missed = missed_in(final_judgement, request.tuner.tolerance)};
    outcome.met = result.met && outcome.missed.empty();
    if (!result.met && outcome.missed.empty()) outcome.missed = best.worst.name;
    request.say(fmt::format(
        "on {} showers: {}", request.final_count,
        outcome.missed.empty() ? "no criterion surely moved" : "surely moved: " + outcome.missed));
    return outcome;
}

}  // namespace lowcal::workflows
