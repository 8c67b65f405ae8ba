#include "workflows/generate/number_source.hpp"

#include "core/number_text.hpp"
#include "graph/onnx/onnx_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lowcal::workflows {
namespace {

/// Not a comma, which is the decimal point of half the world.
constexpr char list_separator = '/';

/// Numbers with `separator` between them; nothing where one is none.
std::optional<std::vector<float>> parse_list(std::string const& text, char separator)
{
    std::vector<float> numbers;
    for (std::size_t at = 0;;) {
        auto const end = text.find(separator, at);
        auto const number = parse_number<float>(text.substr(at, end - at));
        if (!number) return std::nullopt;
        numbers.push_back(*number);
        if (end == std::string::npos) return numbers;
        at = end + 1;
    }
}

bool is_range(std::string const& text)
{
    return text.find(':') != std::string::npos;
}

bool is_of(NumberKind kind, float number)
{
    if (kind == NumberKind::positive) return number > 0;
    return kind == NumberKind::any || number == std::round(number);
}

char const* describe(NumberKind kind)
{
    switch (kind) {
        case NumberKind::positive:
            return "a number above zero, MIN:MAX or A/B/...";
        case NumberKind::any:
            return "a number, MIN:MAX or A/B/...";
        default:
            return "a whole number or A/B/...";
    }
}

}  // namespace

std::string problem_with_numbers(std::string const& text, NumberKind kind)
{
    bool const range = is_range(text);
    auto const numbers = parse_list(text, range ? ':' : list_separator);
    bool const good =
        numbers && std::ranges::all_of(*numbers, [&](float number) { return is_of(kind, number); });
    if (!good || (range && (numbers->size() != 2 || kind == NumberKind::whole)))
        return fmt::format("'{}' is not {}", text, describe(kind));
    if (range && !(numbers->front() < numbers->back()))
        return fmt::format("the range {} is empty", text);
    return {};
}

NumberSource::NumberSource(std::string const& text, Config config) : config_(std::move(config))
{
    auto numbers = parse_list(text, is_range(text) ? ':' : list_separator).value();
    auto const [low, high] = std::ranges::minmax(numbers);
    low_ = low;
    high_ = high;
    in_turn_ = !is_range(text) && numbers.size() > 1;
    if (in_turn_) list_ = std::move(numbers);
}

NumberSource::NumberSource(std::vector<float> list, Config config)
    : config_(std::move(config)), list_(std::move(list))
{
    assert(!list_.empty() && list_.size() % config_.width == 0);
    auto const [low, high] = std::ranges::minmax(list_);
    low_ = low;
    high_ = high;
}

void NumberSource::operator()(std::uint64_t shower, std::span<float> out) const
{
    assert(out.size() == config_.width);
    if (in_turn_) {
        std::ranges::fill(out, list_[shower % list_.size()]);
    } else if (!list_.empty()) {
        std::ranges::copy(std::span(list_).subspan(shower * config_.width, config_.width),
                          out.begin());
    } else if (low_ == high_) {
        std::ranges::fill(out, low_);
    } else {
        ItemRandom({.seed = config_.seed, .stream = config_.stream}, shower).uniform(out);
        for (float& number : out) number = low_ + number * (high_ - low_);
    }
}

float NumberSource::operator()(std::uint64_t shower) const
{
    float number = 0;
    (*this)(shower, {&number, 1});
    return number;
}

std::optional<std::uint64_t> NumberSource::limit() const
{
    if (list_.empty() || in_turn_) return std::nullopt;
    return list_.size() / config_.width;
}

std::string NumberSource::identity() const
{
    auto const unit = config_.unit.empty() ? "" : " " + config_.unit;
    if (in_turn_) return fmt::format("in turn {}{}", fmt::join(list_, "/"), unit);
    if (!list_.empty()) return "list " + graph::sha256(std::as_bytes(std::span(list_)));
    if (low_ == high_) return fmt::format("{}{}", low_, unit);
    return fmt::format("uniform {}:{}{}", low_, high_, unit);
}

}  // namespace lowcal::workflows
