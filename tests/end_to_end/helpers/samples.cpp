#include "samples.hpp"

#include "data/reading/shower_reader.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

namespace lowcal::end_to_end {

std::string validation_showers()
{
    return LOWCAL_SOURCE_DIR "/data/validation.h5";
}

std::string shipped_network()
{
    return LOWCAL_SOURCE_DIR "/models/conv2d.onnx";
}

std::string fast_network()
{
    return LOWCAL_SOURCE_DIR "/models/lean.onnx";
}

std::string shipped_lean_training()
{
    return LOWCAL_SOURCE_DIR "/models/training/lean.pt";
}

std::string content(std::filesystem::path const& path)
{
    std::ifstream const file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

nlohmann::json parse_json(std::string const& text)
{
    auto parsed = nlohmann::json::parse(text, nullptr, false);
    EXPECT_FALSE(parsed.is_discarded()) << text;
    return parsed.is_discarded() ? nlohmann::json() : parsed;
}

::testing::AssertionResult has_keys(nlohmann::json const& object,
                                    std::vector<std::string> const& keys)
{
    if (!object.is_object()) return ::testing::AssertionFailure() << object.dump() << " has none";
    for (auto const& key : keys)
        if (!object.contains(key)) return ::testing::AssertionFailure() << "no key " << key;
    for (auto const& item : object.items())
        if (std::find(keys.begin(), keys.end(), item.key()) == keys.end())
            return ::testing::AssertionFailure() << "another key: " << item.key();
    return ::testing::AssertionSuccess();
}

::testing::AssertionResult same_showers(std::filesystem::path const& one,
                                        std::filesystem::path const& other)
{
    auto const found = data::read_all_showers(one);  // refuses what is not finite or negative
    auto const expected = data::read_all_showers(other);
    if (found.count() != expected.count())
        return ::testing::AssertionFailure()
               << found.count() << " showers, not " << expected.count();
    if (found.primary_energy != expected.primary_energy)
        return ::testing::AssertionFailure() << "primary energies differ";
    for (std::size_t i = 0; i < found.count(); ++i)
        if (!std::ranges::equal(found.shower(i), expected.shower(i)))
            return ::testing::AssertionFailure() << "shower " << i << " differs";
    return ::testing::AssertionSuccess();
}

double worst_relative(std::vector<float> const& found, std::vector<float> const& expected)
{
    if (found.size() != expected.size()) return std::numeric_limits<double>::infinity();
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        double const difference = std::fabs(double{found[i]} - double{expected[i]});
        if (difference > 0) worst = std::max(worst, difference / std::fabs(double{expected[i]}));
    }
    return worst;
}

}  // namespace lowcal::end_to_end
