#pragma once

#include "runtime/steps/step.hpp"
#include "runtime/steps/value.hpp"

namespace lowcal::runtime {

/// Copies tensors into (slices of) one tensor of the same logical axes in another memory order:
/// the permutation and concatenation of branches in one pass. Converts between element types.
class CopyStep : public Step {
public:
    struct Part {
        PlanValue source;
        std::int64_t first = 0;  ///< index along `axis` of the destination where the part begins
    };
    struct Config {
        PlanValue destination;
        std::size_t axis = 0;  ///< of the concatenation
        std::vector<Part> parts;
    };
    CopyStep(std::string name, Config config) : Step(std::move(name)), config_(std::move(config)) {}

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override
    {
        return config_.parts.size() > 1 ? "concatenation" : "copy";
    }

private:
    Config config_;
};

float to_float(std::uint8_t level, Levels const& levels);
/// QuantizeLinear: rounds to the nearest level, ties to even; saturates; NaN becomes 0.
std::uint8_t to_level(float value, Levels const& levels);
float to_float(std::uint16_t bfloat16);
std::uint16_t to_bfloat16(float value);  ///< rounds to nearest, ties to even; keeps NaN

}  // namespace lowcal::runtime
