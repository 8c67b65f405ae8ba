#include "runtime/shower_generator.hpp"

#include "core/calorimeter.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "core/worker_pool.hpp"
#include "graph/batch_axis.hpp"
#include "graph/onnx_file.hpp"
#include "runtime/cell_check.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

namespace lowcal::runtime {
namespace {

/// Bytes of intermediate values of one run that a second-level cache still serves well: of 1 MB,
/// runs of 1.25 MB were as fast a shower as shorter ones, of 2.5 MB slower (docs/performance.md).
constexpr std::size_t cached_bytes = 1'250'000;
/// Showers per run where even they do not fit: of such networks longer runs were no faster.
constexpr std::int64_t fewest_showers = 4;
constexpr std::int64_t most_showers = 64;  ///< per run, if no number is asked for
/// Rows that dense layers take together.
constexpr std::int64_t round_number = 8;

/// A plan, and why its runs take fewer showers than they could.
struct BatchedPlan {
    Plan plan;
    std::string note;
};

/// For as many showers a run as their intermediate values leave room for in the cache, at most
/// `config.batch`, which is split evenly; for one, or those that the network is made for, where
/// more would see one another.
BatchedPlan cached_plan(graph::Graph const& graph, ShowerGenerator::Config const& config)
{
    auto const plan_for = [&](std::int64_t showers) {
        return Plan(
            graph,
            {.batch = showers, .precision = config.precision, .transposed = config.transposed});
    };
    auto const asked = config.batch > 0 ? config.batch : most_showers;
    auto const first = graph::showers_at_once(graph, std::min(asked, fewest_showers));
    auto small = plan_for(first.showers);
    if (!first.reason.empty()) return {std::move(small), first.reason};
    auto const bytes = std::max<std::size_t>(1, small.workspace_bytes());
    auto fitting =
        static_cast<std::int64_t>(cached_bytes) * small.batch() / static_cast<std::int64_t>(bytes);
    if (fitting > round_number) fitting -= fitting % round_number;
    fitting = std::max(fitting, fewest_showers);
    auto const runs = (asked - 1) / fitting + 1;
    auto const showers =
        config.batch > 0 ? (asked - 1) / runs + 1 : std::min(fitting, most_showers);
    if (showers == small.batch()) return {std::move(small), {}};
    auto const all = graph::showers_at_once(graph, showers);
    return {plan_for(all.showers), all.reason};
}

Plan::Port const* find_port(std::vector<Plan::Port> const& ports, std::string const& name)
{
    auto const found = std::find_if(ports.begin(), ports.end(),
                                    [&](auto const& port) { return port.name == name; });
    return found == ports.end() ? nullptr : &*found;
}

/// Which ports of a network mean what.
struct GeneratorPorts {
    std::size_t latent_size = 0;
    bool latent_first = true;  ///< order of the inputs
    bool has_energy = false;
};

GeneratorPorts check_ports(Plan const& plan)
{
    auto const* const latent = find_port(plan.inputs(), "latent");
    auto const* const energy = find_port(plan.inputs(), "energy");
    auto const expected = std::string(
        "a generator has inputs 'latent' [N, L] and optionally "
        "'energy' [N, 1], and one output 'shower' [N, 25, 25, 25]");
    if (latent == nullptr || latent->shape.size() != 2 || latent->shape[0] != plan.batch())
        throw InputError("the network has no input 'latent' [N, L]", expected);
    if (plan.inputs().size() != (energy == nullptr ? 1U : 2U))
        throw InputError("the network has inputs that are neither 'latent' nor 'energy'", expected);
    if (energy != nullptr && energy->shape != graph::Shape{plan.batch(), 1})
        throw InputError("input 'energy' of the network is not [N, 1]", expected);
    graph::Shape const window{plan.batch(), Window::x, Window::y, Window::z};
    if (plan.outputs().size() != 1 || plan.outputs()[0].shape != window)
        throw InputError("the network's output is not one shower [N, 25, 25, 25]", expected);
    return {.latent_size = static_cast<std::size_t>(latent->shape[1]),
            .latent_first = plan.inputs().front().name == "latent",
            .has_energy = energy != nullptr};
}

void draw_latent(GenerateRequest const& request, std::size_t shower, std::span<float> latent)
{
    ItemRandom({.seed = request.seed, .stream = RandomStream::latent}, request.first + shower)
        .normal(latent);
}

/// What one thread needs: the bound plan and the batch's inputs.
struct Context {
    explicit Context(Plan const& plan, GeneratorPorts const& ports)
        : run(plan),
          latent(static_cast<std::size_t>(plan.batch()) * ports.latent_size),
          energy(static_cast<std::size_t>(plan.batch())),
          spill(static_cast<std::size_t>(plan.batch()) * Window::cells)
    {
    }
    PlanRun run;
    std::vector<float> latent;
    std::vector<float> energy;
    std::vector<float> spill;  ///< a last batch that is not full is made here
};

/// What the threads of one call find in their showers.
class Findings {
public:
    void look_at(std::span<float const> cells, std::uint64_t shower)
    {
        auto const found = check_cells(cells);
        if (found.empty) ++empty_;
        if (!found.bad) return;
        std::lock_guard const lock(mutex_);
        bad_.push_back({.shower = shower, .cell = *found.bad, .energy = cells[*found.bad]});
    }

    /// Once all threads are done.
    GenerateReport report()
    {
        std::sort(bad_.begin(), bad_.end(),
                  [](BadCell const& a, BadCell const& b) { return a.shower < b.shower; });
        return {.bad_showers = std::move(bad_), .empty_showers = empty_};
    }

private:
    std::mutex mutex_;
    std::vector<BadCell> bad_;
    std::atomic<std::uint64_t> empty_{0};
};

[[noreturn]] void refuse(std::vector<BadCell> const& bad, std::size_t count)
{
    auto const& first = bad.front();
    auto const place =
        graph::indices_of(static_cast<std::int64_t>(first.cell), {Window::x, Window::y, Window::z});
    auto const number = [](auto value) { return std::to_string(value); };
    throw InputError(
        "shower " + number(first.shower) + " has a cell of " + number(first.energy) + " GeV at [" +
            number(place[0]) + ", " + number(place[1]) + ", " + number(place[2]) + "]",
        "cells are finite and not negative; " + number(bad.size()) + " of " + number(count) +
            " showers are so",
        first.energy < 0.0F ? "end the network in a ReLU" : "the network's numbers have run away");
}

}  // namespace

struct ShowerGenerator::Implementation {
    Implementation(graph::Graph const& graph, Config const& config)
        : Implementation(cached_plan(graph, config), config.threads)
    {
    }
    Implementation(BatchedPlan made, int threads)
        : plan(std::move(made.plan)),
          batch_note(std::move(made.note)),
          ports(check_ports(plan)),
          pool(threads)
    {
        for (int i = 0; i < pool.threads(); ++i)
            free_contexts.push_back(std::make_unique<Context>(plan, ports));
    }

    Plan plan;
    std::string batch_note;
    GeneratorPorts ports;
    WorkerPool pool;
    std::mutex mutex;
    std::vector<std::unique_ptr<Context>> free_contexts;

    std::unique_ptr<Context> take_context()
    {
        {
            std::lock_guard const lock(mutex);
            if (!free_contexts.empty()) {
                auto context = std::move(free_contexts.back());
                free_contexts.pop_back();
                return context;
            }
        }
        return std::make_unique<Context>(plan, ports);
    }

    void give_back(std::unique_ptr<Context> context)
    {
        std::lock_guard const lock(mutex);
        free_contexts.push_back(std::move(context));
    }

    void make_batch(Context& context, GenerateRequest const& request, std::size_t first,
                    std::span<float> cells, Findings& findings) const;
    /// Makes `cells` of the inputs of the context.
    void run(Context& context, std::span<float> cells) const;
    /// The same shower by shower where some of them are void: those get cells that say so.
    void run_apart(Context& context, std::size_t count, std::span<float> cells) const;
};

void ShowerGenerator::Implementation::run(Context& context, std::span<float> cells) const
{
    std::span<float const> inputs[2] = {context.latent, context.energy};
    if (!ports.latent_first) std::swap(inputs[0], inputs[1]);
    context.run({inputs, ports.has_energy ? 2U : 1U}, {&cells, 1});
}

void ShowerGenerator::Implementation::run_apart(Context& context, std::size_t count,
                                                std::span<float> cells) const
{
    auto const latents = context.latent;
    auto const energies = context.energy;
    for (std::size_t i = 0; i < count; ++i) {
        auto const latent = std::span(latents).subspan(i * ports.latent_size, ports.latent_size);
        for (std::size_t slot = 0; slot < energies.size(); ++slot)
            std::copy(
                latent.begin(), latent.end(),
                context.latent.begin() + static_cast<std::ptrdiff_t>(slot * ports.latent_size));
        std::fill(context.energy.begin(), context.energy.end(), energies[i]);
        run(context, context.spill);
        auto const shower = cells.subspan(i * Window::cells, Window::cells);
        if (context.run.take_lost_nan())
            std::fill(shower.begin(), shower.end(), std::numeric_limits<float>::quiet_NaN());
        else
            std::copy_n(context.spill.begin(), Window::cells, shower.begin());
    }
}

void ShowerGenerator::Implementation::make_batch(Context& context, GenerateRequest const& request,
                                                 std::size_t first, std::span<float> cells,
                                                 Findings& findings) const
{
    auto const batch = static_cast<std::size_t>(plan.batch());
    auto const count = std::min(batch, request.energies.size() - first);
    for (std::size_t i = 0; i < batch; ++i) {
        // A batch that is not full repeats its last shower: the network always runs on `batch`.
        auto const shower = first + std::min(i, count - 1);
        context.energy[i] = request.energies[shower];
        draw_latent(request, shower,
                    std::span(context.latent).subspan(i * ports.latent_size, ports.latent_size));
    }
    auto const showers = cells.subspan(first * Window::cells, count * Window::cells);
    bool const full = count == batch;
    run(context, full ? showers : context.spill);
    if (!full) std::copy_n(context.spill.begin(), showers.size(), showers.begin());
    if (context.run.take_lost_nan()) run_apart(context, count, showers);
    for (std::size_t i = 0; i < count; ++i)
        findings.look_at(cells.subspan((first + i) * Window::cells, Window::cells),
                         request.first + first + i);
}

ShowerGenerator::ShowerGenerator(graph::Graph const& graph, Config const& config)
    : implementation_(std::make_unique<Implementation>(graph, config))
{
}

ShowerGenerator::ShowerGenerator(std::filesystem::path const& onnx_file, Config const& config)
try : ShowerGenerator(graph::read_onnx(onnx_file), config) {
} catch (InputError const& error) {
    std::string const message = error.what();
    if (message.find(onnx_file.string()) != std::string::npos) throw;
    throw InputError(onnx_file.string() + ": " + message);
}

ShowerGenerator::~ShowerGenerator() = default;
ShowerGenerator::ShowerGenerator(ShowerGenerator&&) noexcept = default;
ShowerGenerator& ShowerGenerator::operator=(ShowerGenerator&&) noexcept = default;

std::size_t ShowerGenerator::latent_size() const
{
    return implementation_->ports.latent_size;
}

void ShowerGenerator::latents(GenerateRequest const& request, std::span<float> latent) const
{
    auto const size = latent_size();
    if (latent.size() != request.energies.size() * size)
        throw InputError("room for " + std::to_string(latent.size()) + " latent numbers",
                         std::to_string(request.energies.size()) + " showers have " +
                             std::to_string(request.energies.size() * size));
    for (std::size_t i = 0; i < request.energies.size(); ++i)
        draw_latent(request, i, latent.subspan(i * size, size));
}

std::int64_t ShowerGenerator::batch() const
{
    return implementation_->plan.batch();
}
std::string const& ShowerGenerator::batch_note() const
{
    return implementation_->batch_note;
}
Precision ShowerGenerator::precision() const
{
    return implementation_->plan.precision();
}
Plan const& ShowerGenerator::plan() const
{
    return implementation_->plan;
}

GenerateReport ShowerGenerator::generate(GenerateRequest const& request,
                                         std::span<float> cells) const
{
    auto const count = request.energies.size();
    if (cells.size() != count * Window::cells)
        throw InputError(
            "room for " + std::to_string(cells.size()) + " cells",
            std::to_string(count) + " showers need " + std::to_string(count * Window::cells));
    for (std::size_t i = 0; i < count; ++i)
        if (!(request.energies[i] > 0.0F) || !std::isfinite(request.energies[i]))
            throw InputError("primary energy of shower " + std::to_string(request.first + i) +
                                 " is " + std::to_string(request.energies[i]) + " GeV",
                             "energies are positive");
    auto const batch = static_cast<std::size_t>(implementation_->plan.batch());
    std::atomic<std::size_t> next{0};
    Findings findings;
    auto const work = [&](int) {
        auto context = implementation_->take_context();
        for (;;) {
            auto const first = next.fetch_add(batch);
            if (first >= count) break;
            implementation_->make_batch(*context, request, first, cells, findings);
        }
        implementation_->give_back(std::move(context));
    };
    if (implementation_->pool.threads() == 1)
        work(0);
    else
        implementation_->pool.run(std::cref(work));
    auto report = findings.report();
    if (request.bad_showers == BadShowers::refuse && !report.bad_showers.empty())
        refuse(report.bad_showers, count);
    return report;
}

}  // namespace lowcal::runtime
