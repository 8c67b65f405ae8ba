#include "validation/judge/boosted_trees.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <xgboost/c_api.h>

namespace lowcal::validation {
namespace {

void require(int status, char const* what)
{
    if (status != 0)
        throw std::runtime_error(fmt::format("XGBoost cannot {}: {}", what, XGBGetLastError()));
}

/// NumPy's array interface, version 3, of float32.
std::string interface_of(float const* data, std::string const& shape)
{
    return fmt::format(R"({{"data": [{}, true], "shape": {}, "typestr": "<f4", "version": 3}})",
                       reinterpret_cast<std::uintptr_t>(data), shape);
}

/// Owns a copy of some rows.
class Matrix {
public:
    explicit Matrix(FeatureRows rows)
    {
        auto const shape = fmt::format("[{}, {}]", rows.count(), rows.columns);
        require(XGDMatrixCreateFromDense(interface_of(rows.values.data(), shape).c_str(),
                                         R"({"missing": NaN, "nthread": 1})", &handle_),
                "take the features");
    }
    ~Matrix() { XGDMatrixFree(handle_); }
    Matrix(Matrix const&) = delete;
    Matrix& operator=(Matrix const&) = delete;

    void set_labels(std::span<float const> labels)
    {
        auto const shape = fmt::format("[{}]", labels.size());
        require(XGDMatrixSetInfoFromInterface(handle_, "label",
                                              interface_of(labels.data(), shape).c_str()),
                "take the labels");
    }
    DMatrixHandle handle() const { return handle_; }

private:
    DMatrixHandle handle_ = nullptr;
};

class Booster {
public:
    explicit Booster(Matrix const& training)
    {
        DMatrixHandle const matrices[] = {training.handle()};
        require(XGBoosterCreate(matrices, 1, &handle_), "begin");
    }
    ~Booster() { XGBoosterFree(handle_); }
    Booster(Booster const&) = delete;
    Booster& operator=(Booster const&) = delete;

    void set(char const* name, std::string const& value)
    {
        require(XGBoosterSetParam(handle_, name, value.c_str()), name);
    }
    void grow(int round, Matrix const& training)
    {
        require(XGBoosterUpdateOneIter(handle_, round, training.handle()), "grow a tree");
    }
    std::vector<float> scores(Matrix const& test) const
    {
        // Type 1: the sum over the trees, before it is made a probability, which would round it.
        constexpr char const* config =
            R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0,
                "strict_shape": false})";
        bst_ulong const* shape = nullptr;
        bst_ulong dimensions = 0;
        float const* scores = nullptr;
        require(XGBoosterPredictFromDMatrix(handle_, test.handle(), config, &shape, &dimensions,
                                            &scores),
                "score showers");
        assert(dimensions == 1);
        return {scores, scores + shape[0]};
    }

private:
    BoosterHandle handle_ = nullptr;
};

void set_up(Booster& booster, TreesConfig const& config)
{
    booster.set("objective", "binary:logistic");
    booster.set("disable_default_eval_metric", "1");
    booster.set("verbosity", "0");
    booster.set("nthread", "1");
    booster.set("seed", "0");  // nothing is drawn
    booster.set("tree_method", "hist");
    booster.set("grow_policy", "lossguide");
    booster.set("max_depth", "0");
    booster.set("max_leaves", std::to_string(config.leaves));
    booster.set("max_bin", std::to_string(config.bins));
    booster.set("eta", fmt::format("{}", config.rate));
    booster.set("lambda", "0");
    booster.set("min_child_weight", fmt::format("{}", config.weight));
}

}  // namespace

std::vector<float> boosted_scores(FeatureRows training, std::span<float const> labels,
                                  FeatureRows test, TreesConfig const& config)
{
    assert(training.count() == labels.size() && training.columns == test.columns);
    Matrix learnt(training);
    learnt.set_labels(labels);
    Booster booster(learnt);
    set_up(booster, config);
    for (int round = 0; round < config.rounds; ++round) booster.grow(round, learnt);
    return booster.scores(Matrix(test));
}

}  // namespace lowcal::validation
