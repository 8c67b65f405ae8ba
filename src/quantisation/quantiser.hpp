#pragma once

#include "quantisation/form/canonical_form.hpp"
#include "quantisation/plan/int8_rewrite.hpp"

#include <map>
#include <string>
#include <tuple>

namespace lowcal::quantisation {

/// Where Q/DQ pairs stand.
enum class Placement {
    blocks,   ///< behind convolution, activation and normalisation together: what LowCal runs
    portable  ///< behind each operator: for engines that fuse no more than one
};
/// "blocks" or "portable"; throws InputError for another name.
Placement parse_placement(std::string_view name);
std::string_view name_of(Placement placement);

/// How weights of int8 convolutions become levels.
enum class WeightRounding {
    nearest,     ///< each by itself
    compensated  ///< each making up for the errors of others, on the calibration inputs
};
/// "nearest" or "compensated"; throws InputError for another name.
WeightRounding parse_weight_rounding(std::string_view name);

/// The whole way from a float32 network to int8: canonical form, calibration, equal branches, bias
/// correction, rewrite, response. Keeps what calibration saw, so that many configurations of one
/// network can be tried. The runner must outlive it. Not thread-safe.
class Quantiser {
public:
    struct Config {
        RangeCalibrator::Config range{};
        CanonicalConfig canonical{};
        double equalisation = 0.7;  ///< strength of equalise_channels, in [0, 1]; 0: none
        Placement placement = Placement::blocks;
        WeightRounding rounding = WeightRounding::nearest;
        bool correct_means = true;         ///< biases of each layer and the response of the whole
        std::int64_t least_channels = 16;  ///< see Int8PlanConfig
        std::map<std::string, Fallback> fallbacks{};  ///< layers that are not to be int8
        /// How weights that run in float32 are stored: float32 or float16.
        graph::ElementType float32_storage = graph::ElementType::float32;
    };

    /// Throws InputError if the network is quantised already.
    Quantiser(graph::Graph network, NetworkRunner const& runner);

    /// Throws InputError as plan_int8 and calibrate do. The network's metadata `lowcal.layers` say
    /// what became of each layer.
    Int8Network operator()(Config const& config);

    /// Where the last network was not quantised as it was asked for, why: with absolute scales, as
    /// no energy or an operator that is not homogeneous stands in the way; nothing in integers.
    std::string const& remark() const { return remark_; }

    /// Which layers of it run how.
    Int8Plan plan(Config const& config);

    /// The float32 network that is rewritten, after its branches were made alike.
    graph::Graph const& canonical(Config const& config) { return calibration(config).canonical; }

private:
    struct Calibration {
        graph::Graph canonical;
        Statistics statistics;                            ///< of all values that may be quantised
        std::map<std::string, InputProducts> products{};  ///< by layer, where they are asked for
    };
    graph::Graph network_;
    std::string remark_{};
    NetworkRunner const& runner_;
    std::map<std::tuple<double, ActivationUnit, double, Placement, WeightRounding>, Calibration>
        calibrations_;

    Calibration const& calibration(Config const& config);
    graph::Graph canonical_of(Config const& config);
};

}  // namespace lowcal::quantisation
