#include "validation/report/judge/judge_json.hpp"

#include "physics/energy_bins.hpp"

namespace lowcal::validation {
namespace {

Json area_json(AreaUnderCurve const& area)
{
    return {{"area", number(area.area)}, {"error", number(area.error)}};
}

Json with(Json json, Json const& more)
{
    json.update(more);
    return json;
}

}  // namespace

Json judgement_json(Judgement const& judgement, JudgeControls const& controls)
{
    Json groups = Json::object();
    for (auto const& group : judgement.groups)
        groups[group.key] = with({{"name", group.name}}, area_json(group.area));
    Json bins = Json::array();
    for (auto const& bin : judgement.bins)
        bins.push_back(with({{"bin", physics::bin_text(bin.bin)},
                             {"reference_count", bin.reference_count},
                             {"candidate_count", bin.candidate_count}},
                            area_json(bin.area)));
    return with(area_json(judgement.area), {{"answer", name_of(answer_of(judgement, controls))},
                                            {"reference_count", judgement.reference_count},
                                            {"candidate_count", judgement.candidate_count},
                                            {"shuffled", area_json(judgement.shuffled)},
                                            {"groups", groups},
                                            {"bins", bins}});
}

Json judge_controls_json(JudgeControls const& controls)
{
    Json result{{"halves", with({{"showers", controls.half_count}}, area_json(controls.halves))}};
    for (auto const& control : controls.worsened) {
        Json sizes = Json::array();
        for (auto const& size : control.sizes)
            sizes.push_back(with({{"showers", size.showers}}, area_json(size.area)));
        auto const seen = control.seen_at();
        result[control.key] = {{"name", control.name},
                               {"sizes", sizes},
                               {"seen_at", seen ? Json(*seen) : Json(nullptr)}};
    }
    return result;
}

Json worth_json(Comparison const& comparison)
{
    Json result = Json::object();
    for (auto const& worth : comparison.worth)
        result[comparison.set->observables()[worth.observable].key] = {
            {"showers", number(worth.showers)}, {"at_least", worth.is_limit}};
    return result;
}

}  // namespace lowcal::validation
