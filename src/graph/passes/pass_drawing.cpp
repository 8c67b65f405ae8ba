#include "graph/passes/pass_drawing.hpp"

#include "graph/passes/pass_hits.hpp"
#include "graph/patterns/mixture_draw.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace lowcal::graph {
namespace {

float leaky(float x)
{
    return x > 0 ? x : split_slope * x;
}

/// Where a cell lies, as networks see it.
std::array<float, position_numbers> position_of(float const* centre, std::span<float const> entry)
{
    float const row = centre[0] - entry[0], column = centre[1] - entry[1];
    float const distance = std::sqrt(row * row + column * column + least_distance);
    return {0.5F * std::log(distance), distance_unit * distance, distance_unit * row,
            distance_unit * column};
}

}  // namespace

PassDrawing::PassDrawing(PassConfig const& config, PassWeights const& network,
                         PassNetwork::Shower const& shower, PassNetwork::Wanted const& wanted)
    : config_(config),
      network_(network),
      shower_(shower),
      wanted_(wanted),
      layers_(static_cast<std::size_t>(config.layers)),
      development_(static_cast<std::size_t>(config.layers)),
      cells_(static_cast<std::size_t>(config.layers * config.cells())),
      logarithms_(cells_.size(), std::log(config.unit))
{
    find_development(shower.layers, development_);
    for (float const energy : shower.layers) total_ += energy;
    hidden_.resize(static_cast<std::size_t>(config.hidden));
    second_.resize(hidden_.size());
}

void PassDrawing::run(std::span<float> cells)
{
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) draw_layer_hits(layer);
    for (auto const& step : layer_steps(config_.layers))
        for (auto const layer : step.layers) {
            if (layers_[static_cast<std::size_t>(layer)].hits == 0) continue;
            draw_layer(layer, step.group);
        }
    std::ranges::copy(cells_, cells.begin());
}

std::size_t PassDrawing::at(Cell const& cell) const
{
    return static_cast<std::size_t>(cell.layer * config_.cells() + cell.row * config_.columns +
                                    cell.column);
}

std::span<float const> PassDrawing::cells_of(std::int64_t layer) const
{
    auto const count = static_cast<std::size_t>(config_.cells());
    return std::span(cells_).subspan(static_cast<std::size_t>(layer) * count, count);
}

float PassDrawing::log_energy(float energy) const
{
    return std::log1p(energy / config_.unit);
}

std::array<float, usual_shapes> PassDrawing::usual(std::int64_t layer) const
{
    auto const size = static_cast<std::size_t>(shape_regressors * usual_shapes);
    return usual_layer_shapes(
        std::span(network_.usual_shapes).subspan(static_cast<std::size_t>(layer) * size, size),
        log_energy(shower_.layers[static_cast<std::size_t>(layer)]), log_energy(total_));
}

void PassDrawing::add_shower(std::int64_t layer)
{
    features_.clear();
    for (auto other = layer - layers_around; other <= layer + layers_around; ++other) {
        bool const there = other >= 0 && other < config_.layers;
        features_.push_back(there ? logarithm_scale *
                                        log_energy(shower_.layers[static_cast<std::size_t>(other)])
                                  : 0.0F);
    }
    features_.push_back(logarithm_scale * log_energy(total_));
    features_.insert(features_.end(), shower_.primary.begin(), shower_.primary.end());
    float const row = shower_.entry[0], column = shower_.entry[1];
    features_.insert(features_.end(),
                     {row, column, square_scale * row * row, square_scale * column * column,
                      square_scale * row * column});
    auto const& here = development_[static_cast<std::size_t>(layer)];
    float const whole = std::max(total_, config_.unit);
    features_.insert(
        features_.end(),
        {depth_unit * here.depth, depth_unit * here.length,
         std::clamp(here.depth / std::max(here.length, least_length), -most_excess, most_excess),
         logarithm_scale * log_energy(here.before), logarithm_scale * log_energy(here.behind),
         here.before / whole});
}

void PassDrawing::draw_layer_hits(std::int64_t layer)
{
    auto& own = layers_[static_cast<std::size_t>(layer)];
    add_shower(layer);
    for (std::int64_t back = 1; back <= remembered_hits; ++back)
        features_.push_back(
            layer < back ? 0.0F
                         : logarithm_scale *
                               std::log1p(layers_[static_cast<std::size_t>(layer - back)].hits));
    auto const learnt =
        std::span(network_.root_layers)
            .subspan(static_cast<std::size_t>(layer * layer_numbers), layer_numbers);
    features_.insert(features_.end(), learnt.begin(), learnt.end());
    std::array<float, root_width> first{}, second{};
    network_.root_first(features_, first, true);
    network_.root_second(first, second, true);
    numbers_.resize(static_cast<std::size_t>(root_numbers));
    network_.root(second, numbers_, false);
    float const logarithm = draw_mixture(
        numbers_, hit_components, root_scale, 0,
        shower_.uniform.subspan(static_cast<std::size_t>(layer * layer_uniforms), root_uniforms));
    float const energy = shower_.layers[static_cast<std::size_t>(layer)];
    float const most =
        std::clamp(std::floor(energy / config_.least), 0.0F, static_cast<float>(config_.cells()));
    float const drawn = std::max(
        1.0F, std::nearbyint(std::exp(std::clamp(logarithm, least_log_hits, most_log_hits))));
    own.hits = std::min(drawn, most);
    own.energy = own.hits > 0 ? energy : 0.0F;
    if (wanted_.surprise != nullptr) wanted_.surprise->layer_hits.push_back(own.hits);
    own.hits_beyond = own.hits > 0 ? shape_scale * (std::log1p(own.hits) - usual(layer)[0]) : 0.0F;
}

std::array<float, shape_numbers> PassDrawing::shapes_of(std::int64_t layer) const
{
    if (layer < 0 || layer >= config_.layers) return {};
    return layers_[static_cast<std::size_t>(layer)].beyond;
}

void PassDrawing::draw_layer(std::int64_t layer, std::int64_t group)
{
    auto& own = layers_[static_cast<std::size_t>(layer)];
    own.left = own.energy;
    own.hits_left = own.hits;
    add_shower(layer);
    for (auto other = layer - hits_around; other <= layer + hits_around; ++other)
        features_.push_back(other >= 0 && other < config_.layers
                                ? logarithm_scale *
                                      std::log1p(layers_[static_cast<std::size_t>(other)].hits)
                                : 0.0F);
    features_.push_back(own.hits_beyond);
    auto const reach = group_reach[static_cast<std::size_t>(group)];
    auto const before = shapes_of(layer - reach);
    auto const behind = group > 0 ? shapes_of(layer + reach) : std::array<float, shape_numbers>{};
    features_.insert(features_.end(), before.begin(), before.end());
    features_.insert(features_.end(), behind.begin(), behind.end());
    for (float const sum : usual_beyond_) features_.push_back(sum / std::max(weight_beyond_, 1.0F));
    own.first = features_;
    bright_.clear();
    for (std::int64_t pass = 0; pass < pass_count; ++pass) draw_pass(layer, group, pass);
    if (wanted_.sums) keep_energy(layer);
    auto const shapes = find_layer_shapes(cells_of(layer), network_.centres, shower_.entry);
    if (!(shapes.energy > 0)) return;
    auto const expected = usual(layer);
    for (std::size_t i = 0; i < own.beyond.size(); ++i)
        own.beyond[i] =
            shape_scale * (shapes.numbers[i] - (i < expected.size() ? expected[i] : 0.0F));
    if (group > 0) return;
    for (std::size_t i = 0; i < own.beyond.size(); ++i) usual_beyond_[i] += own.beyond[i];
    ++weight_beyond_;
}

std::vector<float> PassDrawing::left_features(Layer const& layer) const
{
    auto features = layer.first;
    float const left = std::max(layer.left, 0.0F), hits_left = std::max(layer.hits_left, 0.0F);
    features.insert(features.end(),
                    {logarithm_scale * log_energy(left), left / layer.energy,
                     logarithm_scale * std::log1p(hits_left), hits_left / layer.hits});
    return features;
}

void PassDrawing::add_learnt(std::int64_t layer, std::vector<float>& features) const
{
    auto const learnt =
        std::span(network_.layers)
            .subspan(static_cast<std::size_t>(layer * layer_numbers), layer_numbers);
    features.insert(features.end(), learnt.begin(), learnt.end());
}

float PassDrawing::draw_count(std::int64_t layer, std::int64_t pass)
{
    auto const& own = layers_[static_cast<std::size_t>(layer)];
    float const left = std::max(own.hits_left, 0.0F);
    if (pass == counted_passes || left == 0) return left;
    auto features = left_features(own);
    add_learnt(layer, features);
    std::vector<float> first(static_cast<std::size_t>(config_.context)), second(first.size());
    std::array<float, count_numbers> numbers{};
    network_.count_first(features, first, true);
    network_.count_second(first, second, true);
    network_.count(second, numbers, false);
    PassHits const hits(config_, pass, &numbers[static_cast<std::size_t>(2 * pass)], left);
    float const drawn = hits.draw(
        shower_.uniform[static_cast<std::size_t>(layer * layer_uniforms + root_uniforms + pass)]);
    if (wanted_.surprise != nullptr) wanted_.surprise->hits -= hits.log_probability(drawn);
    return drawn;
}

std::vector<float> PassDrawing::context(std::int64_t layer, float hits)
{
    auto const& own = layers_[static_cast<std::size_t>(layer)];
    auto features = left_features(own);
    features.insert(features.end(), {logarithm_scale * std::log1p(hits), hits / own.hits_left});
    add_learnt(layer, features);
    std::vector<float> first(static_cast<std::size_t>(config_.context)), second(first.size()),
        all(static_cast<std::size_t>(config_.hidden + odds_numbers));
    network_.context_first(features, first, true);
    network_.context_second(first, second, true);
    network_.context(second, all, false);
    return all;
}

std::array<std::int64_t, window_cells> PassDrawing::window(Cell const& cell,
                                                           std::int64_t group) const
{
    auto const within = [](std::int64_t at, std::int64_t size, bool round) {
        // Rows that go round keep their parities only where their number is even.
        return round && size % 2 == 0 ? (at + size) % size : at >= size ? std::int64_t{-1} : at;
    };
    std::array<std::int64_t, window_cells> places{};
    auto place = places.begin();
    auto const reach = group_reach[static_cast<std::size_t>(group)];
    for (auto layer = cell.layer - reach; layer <= cell.layer + reach; layer += reach)
        for (std::int64_t row = -1; row <= 1; ++row)
            for (std::int64_t column = -1; column <= 1; ++column) {
                auto const at_row = within(cell.row + row, config_.rows, config_.round_rows);
                auto const at_column =
                    within(cell.column + column, config_.columns, config_.round_columns);
                bool const there =
                    layer >= 0 && layer < config_.layers && at_row >= 0 && at_column >= 0;
                *place++ = there ? static_cast<std::int64_t>(at({layer, at_row, at_column})) : -1;
            }
    return places;
}

float const* PassDrawing::centre_of(Cell const& cell) const
{
    return &network_
                .centres[static_cast<std::size_t>(2 * (cell.row * config_.columns + cell.column))];
}

void PassDrawing::find_hidden(Cell const& cell, Phase const& phase, std::span<float const> context)
{
    auto const& weights = *phase.weights;
    auto const positions = position_of(centre_of(cell), shower_.entry);
    auto const place =
        static_cast<std::size_t>((cell.row * config_.columns + cell.column) * config_.hidden);
    auto const gains = static_cast<std::size_t>(cell.layer * position_numbers * config_.hidden);
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
        hidden_[i] = context[i] + network_.places[place + i];
        for (std::size_t p = 0; p < positions.size(); ++p)
            hidden_[i] += positions[p] * network_.positions[gains + p * hidden_.size() + i];
    }
    auto const around = window(cell, phase.group);
    for (std::size_t w = 0; w < around.size(); ++w) {
        if (!phase.seen[w] || around[w] < 0) continue;
        auto const there = static_cast<std::size_t>(around[w]);
        if (cells_[there] == 0) continue;
        float const energy = logarithm_scale * log_energy(cells_[there]);
        auto const* const row = weights.window.weights.data() + w * 2 * hidden_.size();
        for (std::size_t i = 0; i < hidden_.size(); ++i)
            hidden_[i] += row[i] + energy * row[hidden_.size() + i];
    }
    for (float& number : hidden_) number = leaky(number);
    weights.second(hidden_, second_, true);
}

void PassDrawing::draw_pass(std::int64_t layer, std::int64_t group, std::int64_t number)
{
    Phase const phase{
        .group = group,
        .pass = number,
        .seen = seen_cells(group, number),
        .weights = &network_.phases[static_cast<std::size_t>(group * pass_count + number)]};
    auto& own = layers_[static_cast<std::size_t>(layer)];
    float const count = draw_count(layer, number);
    if (count == 0) return;
    auto const of_layer = context(layer, count);
    auto const all = all_of_pass(layer, phase, of_layer);
    auto const hits = highest(all, count);
    if (wanted_.surprise != nullptr) add_surprise(all, hits);
    float made = 0;
    for (auto const& one : hits) {
        // What the uniform number is beyond its being a hit is uniform, too, if coarse: another
        // one makes it fine.
        float const shifted = one.uniform / sigmoid(one.odds) + one.shift;
        find_hidden(one.cell, phase, of_layer);
        float const energy = draw_energy(one.cell, phase, shifted < 1 ? shifted : shifted - 1);
        put(at(one.cell), energy);
        made += energy;
    }
    own.left -= made;
    own.hits_left -= static_cast<float>(hits.size());
}

std::vector<PassDrawing::Possible> PassDrawing::all_of_pass(std::int64_t layer, Phase const& phase,
                                                            std::span<float const> context)
{
    auto const uniforms = shower_.uniform.subspan(
        static_cast<std::size_t>(config_.layers * layer_uniforms), cells_.size());
    auto const first =
        config_.cells() - config_.cells_behind(phase.pass) - config_.pass_size(phase.pass);
    std::vector<Possible> all(static_cast<std::size_t>(config_.pass_size(phase.pass)));
    auto ordinal = first;
    for (auto& one : all) {
        auto const number = network_.cells[static_cast<std::size_t>(ordinal)];
        auto const drawn = static_cast<std::size_t>(layer * config_.cells() + ordinal++);
        one.cell = {layer, number / config_.columns, number % config_.columns};
        one.uniform = uniforms[drawn];
        one.shift = uniforms[(drawn + 1) % uniforms.size()];
        one.odds = log_odds(one.cell, phase, context);
        one.score = one.odds - std::log(one.uniform / (1.0F - one.uniform));
    }
    return all;
}

float PassDrawing::log_odds(Cell const& cell, Phase const& phase, std::span<float const> context)
{
    auto const of_layer = context.subspan(hidden_.size());
    auto const position = position_of(centre_of(cell), shower_.entry);
    float usual = network_.odds[at(cell)] + of_layer[0];
    for (std::size_t p = 0; p < position.size(); ++p) usual += of_layer[1 + p] * position[p];
    float const most = config_.change(layers_[static_cast<std::size_t>(cell.layer)].hits);
    find_hidden(cell, phase, context);
    float change = 0;
    phase.weights->hit(second_, std::span(&change, 1), false);
    return usual + most * std::tanh(change / most);
}

std::vector<PassDrawing::Possible> PassDrawing::highest(std::vector<Possible> all, float hits)
{
    auto const count = static_cast<std::size_t>(hits);
    if (count >= all.size()) {
        for (auto& one : all) one.odds = INFINITY;
        return all;
    }
    std::vector<float> scores(all.size());
    std::ranges::transform(all, scores.begin(), &Possible::score);
    auto const first_left_out = scores.begin() + static_cast<std::ptrdiff_t>(count);
    std::ranges::nth_element(scores, first_left_out, std::greater());
    std::erase_if(all, [&](Possible const& one) { return !(one.score > *first_left_out); });
    for (auto& one : all) one.odds -= *first_left_out;
    return all;
}

void PassDrawing::add_surprise(std::span<Possible const> all, std::span<Possible const> hits)
{
    auto hit = hits.begin();
    for (auto const& one : all) {
        bool const chosen = hit != hits.end() && at(hit->cell) == at(one.cell);
        if (chosen) ++hit;
        wanted_.surprise->hits -= static_cast<double>(log_sigmoid(chosen ? one.odds : -one.odds));
    }
}

void PassDrawing::put(std::size_t cell, float energy)
{
    cells_[cell] = energy;
    logarithms_[cell] = std::log(energy + config_.unit);
}

PassDrawing::Moved PassDrawing::energy_of(BrightHit const& hit, float tilt) const
{
    float const moved = hit.log_odds + tilt;
    float const within = sigmoid(moved);
    float const share = hit.below + within * (1.0F - hit.below);
    float const beyond = sigmoid(-moved) * (1.0F - hit.below);
    float const most = layers_[hit.cell / static_cast<std::size_t>(config_.cells())].energy;
    float const least = std::nextafter(network_.edges.back(), INFINITY);
    float const energy = std::max(
        std::min(std::exp(hit.mean) * std::exp(hit.width * std::log(share / beyond)), most), least);
    return {.energy = energy, .slope = energy * hit.width * within / share};
}

void PassDrawing::keep_energy(std::int64_t layer)
{
    auto const& own = layers_[static_cast<std::size_t>(layer)];
    auto const first = static_cast<std::size_t>(layer * config_.cells());
    auto const count = static_cast<std::size_t>(config_.cells());
    float sum = 0, of_bright = 0, spread = 0;
    for (std::size_t i = 0; i < count; ++i) sum += cells_[first + i];
    if (!(sum > 0)) return put_whole(layer);
    for (auto const& hit : bright_) {
        of_bright += cells_[hit.cell];
        spread += hit.spread * hit.spread;
    }
    float const wanted = own.energy - (sum - of_bright);
    if (bright_.empty() || !(wanted > of_bright * least_bright_share)) {
        for (std::size_t i = 0; i < count; ++i)
            if (cells_[first + i] > 0)
                put(first + i, std::max(cells_[first + i] * (own.energy / sum), config_.least));
        return;
    }
    float const unit = 1.0F / std::sqrt(spread);
    float tilt = 0;
    for (int step = 0; step < tilt_steps; ++step) {
        float energy = 0, slope = 0;
        for (auto const& hit : bright_) {
            float const share = hit.spread * unit;
            auto const moved = energy_of(hit, tilt * share);
            energy += moved.energy;
            slope += moved.slope * share;
        }
        float const by = std::log(wanted / energy) * energy / std::max(slope, least_slope * energy);
        tilt = std::clamp(tilt + std::clamp(by, -most_tilt_step, most_tilt_step), -most_tilt,
                          most_tilt);
        if (std::abs(by) < least_tilt_step) break;
    }
    float energy = 0;
    for (auto const& hit : bright_) {
        cells_[hit.cell] = energy_of(hit, tilt * hit.spread * unit).energy;
        energy += cells_[hit.cell];
    }
    for (auto const& hit : bright_) put(hit.cell, cells_[hit.cell] * (wanted / energy));
}

void PassDrawing::put_whole(std::int64_t layer)
{
    auto const uniforms = shower_.uniform.subspan(
        static_cast<std::size_t>(config_.layers * layer_uniforms), cells_.size());
    auto const first = static_cast<std::size_t>(layer * config_.cells());
    std::size_t best = first;
    float most = -INFINITY;
    for (std::size_t i = 0; i < network_.cells.size(); ++i) {
        auto const cell = first + static_cast<std::size_t>(network_.cells[i]);
        float const uniform = uniforms[first + i];
        float const likely = network_.odds[cell] - std::log(uniform / (1.0F - uniform));
        if (likely <= most) continue;
        most = likely;
        best = cell;
    }
    put(best, layers_[static_cast<std::size_t>(layer)].energy);
}

}  // namespace lowcal::graph
