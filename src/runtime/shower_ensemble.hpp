#pragma once

#include "runtime/member_choice.hpp"
#include "runtime/shower_generator.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace lowcal::runtime {

/// Networks that make the showers of one production together: each shower is made by one of them,
/// which its own random number chooses by the members' weights (MemberChoice).
///
/// Shower i is, bit for bit, that of the chosen member alone: a pure function of (networks,
/// weights, seed, i, energy, conditions). An ensemble of one network is that network. Threads as of
/// ShowerGenerator.
class ShowerEnsemble {
public:
    struct Member {
        std::filesystem::path file;  ///< its name in errors
        ShowerGenerator generator;
    };
    struct Config {
        std::vector<double> weights{};  ///< one a member; none: all alike
        ShowerGenerator::Config generator{};
        std::int64_t most_bytes = std::int64_t{4} << 30;  ///< that all members may take together
    };

    /// Loads the members. Throws InputError where two of them are the same network, they take too
    /// much memory together, and for what the other constructor and MemberChoice refuse.
    ShowerEnsemble(std::vector<std::filesystem::path> const& files, Config const& config);
    /// Throws InputError that names both files and what differs where members are not of the same
    /// cells, smallest cell, primaries and conditions, or no energy suits both.
    explicit ShowerEnsemble(std::vector<Member> members, std::vector<double> const& weights = {});
    ShowerEnsemble(ShowerEnsemble const&) = delete;  // as ShowerGenerator
    ShowerEnsemble& operator=(ShowerEnsemble const&) = delete;
    ShowerEnsemble(ShowerEnsemble&&) = default;
    ShowerEnsemble& operator=(ShowerEnsemble&&) = default;

    /// As ShowerGenerator does, grouped by member. Errors begin with a member's file. Full batches
    /// need some more showers at once than one network does: a block for each member.
    GenerateReport generate(GenerateRequest const& request, std::span<float> cells) const;
    /// Throws InputError where members have latent vectors of different lengths.
    void latents(GenerateRequest const& request, std::span<float> latent) const;
    std::size_t latent_size() const;

    /// The first member's, for the energies for which all of them are made.
    Detector const& detector() const { return detector_; }
    int pdg() const { return members_.front().generator.pdg(); }
    std::vector<std::string> needed_conditions() const
    {
        return members_.front().generator.needed_conditions();
    }
    std::span<Member const> members() const { return members_; }
    /// Of showers that each member makes.
    std::span<double const> shares() const { return choice_.shares(); }
    /// What runs: "int8"; "int8+f32" where members differ.
    std::string precision() const;
    /// Files of the members as they were given, with '+' between them.
    std::string name() const;

private:
    std::vector<Member> members_;
    MemberChoice choice_;
    Detector detector_;

    std::vector<std::vector<std::size_t>> showers_by_member(GenerateRequest const& request) const;
};

}  // namespace lowcal::runtime
