#pragma once

#include "quantisation/plan/tuner.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace lowcal::workflows {

/// Judgements of a tuning on disk, so that an interrupted one goes on where it was: a file of JSON
/// lines, the first of which says what the tuning is of. Lines that are torn or are no judgements
/// are dropped and judged again; where the first one is, none can be used, and the file is kept
/// beside the new one.
class JudgementStore {
public:
    /// Throws InputError if the file holds judgements of another tuning than `identity`.
    JudgementStore(std::filesystem::path path, std::string const& identity);

    std::optional<quantisation::Judgement> find(std::string const& plan) const;
    void keep(std::string const& plan, quantisation::Judgement const& judgement);
    std::size_t count() const { return judgements_.size(); }
    /// Lines that were dropped.
    std::size_t torn_lines() const { return torn_lines_; }

private:
    bool is_head(std::string const& line, std::string const& identity) const;

    std::filesystem::path path_;
    std::size_t torn_lines_ = 0;
    std::map<std::string, quantisation::Judgement> judgements_;
};

}  // namespace lowcal::workflows
