#include "runtime/shower_generator.hpp"

#include "core/error.hpp"
#include "core/processes/worker_pool.hpp"
#include "core/random.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/ports/house_form.hpp"
#include "runtime/batched_plan.hpp"
#include "runtime/plan.hpp"
#include "runtime/shower_findings.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

namespace lowcal::runtime {
namespace {

graph::GeneratorPorts ports_of(Plan const& plan, graph::Graph const& graph,
                               std::optional<Detector> const& given)
{
    auto const values = [](std::vector<Plan::Port> const& ports) {
        std::vector<graph::Value> result;
        result.reserve(ports.size());
        for (auto const& port : ports) result.push_back({.name = port.name, .shape = port.shape});
        return result;
    };
    return graph::find_ports(values(plan.inputs()), values(plan.outputs()), graph.metadata,
                             plan.batch(), given);
}

void draw_latent(GenerateRequest const& request, std::size_t shower, std::span<float> latent)
{
    ItemRandom({.seed = request.seed, .stream = RandomStream::latent}, request.first + shower)
        .normal(latent);
}

/// What one thread needs: the bound plan and the batch's inputs.
struct Context {
    Context(Plan const& plan, graph::GeneratorPorts const& ports) : run(plan)
    {
        auto const batch = static_cast<std::size_t>(plan.batch());
        for (auto const& input : ports.inputs) numbers.emplace_back(batch * input.width);
        for (auto const& input : numbers) inputs.emplace_back(input);
        spill.resize(batch * ports.detector.cells());
        showers.reserve(batch);
    }

    /// The numbers of input `i` for one shower of the batch.
    std::span<float> row(std::size_t i, std::size_t width, std::size_t shower)
    {
        return std::span(numbers[i]).subspan(shower * width, width);
    }

    PlanRun run;
    std::vector<std::vector<float>> numbers;     ///< of each input of the network, [batch][width]
    std::vector<std::span<float const>> inputs;  ///< the same
    std::vector<float> spill;  ///< what is not made in its place: a last batch that is not full
    std::vector<std::span<float>> showers;  ///< cells of the batch's showers
    std::vector<std::vector<float>> kept;   ///< of run_apart
};

/// How many showers a request asks for.
std::size_t count_of(GenerateRequest const& request)
{
    return request.only ? request.only->size() : request.energies.size();
}

/// Which of the request's showers is made as number `turn`.
std::size_t shower_at(GenerateRequest const& request, std::size_t turn)
{
    return request.only ? (*request.only)[turn] : turn;
}

void require_places(GenerateRequest const& request)
{
    if (!request.only) return;
    for (auto const shower : *request.only)
        if (shower >= request.energies.size())
            throw InputError("shower " + std::to_string(shower) + " of a request is to be made",
                             "it has " + std::to_string(request.energies.size()));
}

}  // namespace

struct ShowerGenerator::Implementation {
    Implementation(graph::Graph const& graph, Config const& config)
        : Implementation(cached_plan(graph, config), graph, config)
    {
    }
    Implementation(BatchedPlan made, graph::Graph const& graph, Config const& config)
        : plan(std::move(made.plan)),
          batch_note(std::move(made.note)),
          ports(ports_of(plan, graph, config.detector)),
          shower_size(ports.detector.cells()),
          pool(config.threads)
    {
        for (int i = 0; i < pool.threads(); ++i)
            free_contexts.push_back(std::make_unique<Context>(plan, ports));
    }

    Plan plan;
    std::string batch_note;
    graph::GeneratorPorts ports;
    std::size_t shower_size;  ///< cells
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

    /// Throws InputError for a code that the network has no number for.
    void require_codes(std::span<float const> pdg) const;
    /// Throws InputError where conditions are not those that the network needs.
    void require_conditions(GenerateRequest const& request) const;
    /// Puts number `shower` of the request into slot `slot` of the batch.
    void take_shower(Context& context, GenerateRequest const& request, std::size_t shower,
                     std::size_t slot) const;
    /// Makes as many showers as fit into a batch, from number `first` of those asked for.
    void make_batch(Context& context, GenerateRequest const& request, std::size_t first,
                    std::span<float> cells, ShowerFindings& findings) const;
    /// Makes `cells` of the inputs of the context.
    void run(Context& context, std::span<float> cells) const;
    /// Makes the first of the context's showers, each alone, where some of them are void: those
    /// get cells that say so. `showers` are their cells.
    void run_apart(Context& context, std::span<std::span<float> const> showers) const;
};

void ShowerGenerator::Implementation::require_codes(std::span<float const> pdg) const
{
    if (ports.pdg_codes.empty()) return;
    for (auto const code : pdg) {
        auto const known = [code](int own) { return static_cast<float>(own) == code; };
        if (std::ranges::any_of(ports.pdg_codes, known)) continue;
        std::string all;
        for (auto const own : ports.pdg_codes)
            all += (all.empty() ? "" : ", ") + std::to_string(own);
        throw InputError("the network knows no primary of PDG code " +
                             std::to_string(static_cast<std::int64_t>(code)),
                         "it knows " + all);
    }
}

void ShowerGenerator::Implementation::require_conditions(GenerateRequest const& request) const
{
    require_codes(request.conditions.pdg);
    for (auto const& info : condition_infos) {
        auto const& values = request.conditions.*info.values;
        bool const needed = std::ranges::any_of(
            ports.inputs, [&](auto const& input) { return input.condition == &info; });
        if (!needed && values.empty()) continue;
        std::string const name(info.name);
        if (!needed)
            throw InputError("the network knows no condition '" + name + "'",
                             "it has no such input");
        if (values.size() != request.energies.size() * info.width)
            throw InputError("the network needs the condition '" + name + "'",
                             std::to_string(values.size()) + " numbers of it are given, not " +
                                 std::to_string(request.energies.size() * info.width));
        auto const bad = std::ranges::find_if(values, [](float x) { return !std::isfinite(x); });
        if (bad != values.end())
            throw InputError("condition '" + name + "' is " + std::to_string(*bad),
                             "conditions are finite numbers");
    }
}

void ShowerGenerator::Implementation::take_shower(Context& context, GenerateRequest const& request,
                                                  std::size_t shower, std::size_t slot) const
{
    for (std::size_t i = 0; i < ports.inputs.size(); ++i) {
        auto const& input = ports.inputs[i];
        auto const row = context.row(i, input.width, slot);
        if (input.role == graph::InputRole::latent)
            draw_latent(request, shower, row);
        else if (input.role == graph::InputRole::uniform)
            ItemRandom({.seed = request.seed, .stream = RandomStream::uniform},
                       request.first + shower)
                .uniform(row);
        else if (input.role == graph::InputRole::energy)
            row[0] = request.energies[shower];
        else
            std::ranges::copy((request.conditions.*input.condition->values)
                                  .subspan(shower * input.width, input.width),
                              row.begin());
    }
}

void ShowerGenerator::Implementation::run(Context& context, std::span<float> cells) const
{
    context.run(context.inputs, {&cells, 1});
}

void ShowerGenerator::Implementation::run_apart(Context& context,
                                                std::span<std::span<float> const> showers) const
{
    context.kept = context.numbers;
    auto const batch = static_cast<std::size_t>(plan.batch());
    for (std::size_t shower = 0; shower < showers.size(); ++shower) {
        for (std::size_t i = 0; i < ports.inputs.size(); ++i) {
            auto const width = ports.inputs[i].width;
            auto const own = std::span(context.kept[i]).subspan(shower * width, width);
            for (std::size_t slot = 0; slot < batch; ++slot)
                std::ranges::copy(own, context.row(i, width, slot).begin());
        }
        run(context, context.spill);
        if (context.run.take_lost_nan())
            std::ranges::fill(showers[shower], std::numeric_limits<float>::quiet_NaN());
        else
            std::copy_n(context.spill.begin(), shower_size, showers[shower].begin());
    }
}

void ShowerGenerator::Implementation::make_batch(Context& context, GenerateRequest const& request,
                                                 std::size_t first, std::span<float> cells,
                                                 ShowerFindings& findings) const
{
    auto const batch = static_cast<std::size_t>(plan.batch());
    auto const count = std::min(batch, count_of(request) - first);
    // A batch that is not full repeats its last shower: the network always runs on `batch`.
    for (std::size_t i = 0; i < batch; ++i)
        take_shower(context, request, shower_at(request, first + std::min(i, count - 1)), i);
    auto& showers = context.showers;
    showers.clear();
    for (std::size_t i = 0; i < count; ++i)
        showers.push_back(cells.subspan(shower_at(request, first + i) * shower_size, shower_size));
    bool const in_place = count == batch && !request.only;
    run(context, in_place ? cells.subspan(first * shower_size, batch * shower_size)
                          : std::span<float>(context.spill));
    if (!in_place)
        for (std::size_t i = 0; i < count; ++i)
            std::copy_n(context.spill.begin() + static_cast<std::ptrdiff_t>(i * shower_size),
                        shower_size, showers[i].begin());
    if (context.run.take_lost_nan()) run_apart(context, showers);
    for (std::size_t i = 0; i < count; ++i)
        findings.look_at(showers[i], request.first + shower_at(request, first + i));
}

namespace {

graph::Graph house_form(graph::Graph graph, ShowerGenerator::Config const& config)
{
    graph::NetworkNotes notes{.ports = {}, .detector = config.detector};
    if (!config.ports.empty()) notes.ports = graph::read_port_map(config.ports);
    return graph::house_form(std::move(graph), notes);
}

}  // namespace

ShowerGenerator::ShowerGenerator(graph::Graph const& graph, Config const& config)
    : implementation_(std::make_unique<Implementation>(house_form(graph, config), config))
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

Detector const& ShowerGenerator::detector() const
{
    return implementation_->ports.detector;
}
int ShowerGenerator::pdg() const
{
    return implementation_->ports.pdg;
}
std::vector<int> const& ShowerGenerator::known_pdg_codes() const
{
    return implementation_->ports.pdg_codes;
}
ConditionRanges const& ShowerGenerator::condition_ranges() const
{
    return implementation_->ports.condition_ranges;
}
std::vector<std::string> ShowerGenerator::needed_conditions() const
{
    return implementation_->ports.condition_names();
}
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
    auto const needed = count * implementation_->shower_size;
    if (cells.size() != needed)
        throw InputError("room for " + std::to_string(cells.size()) + " cells",
                         std::to_string(count) + " showers need " + std::to_string(needed));
    implementation_->require_conditions(request);
    require_places(request);
    for (std::size_t i = 0; i < count; ++i)
        if (!(request.energies[i] > 0.0F) || !std::isfinite(request.energies[i]))
            throw InputError("primary energy of shower " + std::to_string(request.first + i) +
                                 " is " + std::to_string(request.energies[i]) + " GeV",
                             "energies are positive");
    auto const made = count_of(request);
    auto const batch = static_cast<std::size_t>(implementation_->plan.batch());
    std::atomic<std::size_t> next{0};
    ShowerFindings findings;
    auto const work = [&](int) {
        auto context = implementation_->take_context();
        for (;;) {
            auto const first = next.fetch_add(batch);
            if (first >= made) break;
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
        refuse(report.bad_showers, made, detector());
    return report;
}

}  // namespace lowcal::runtime
