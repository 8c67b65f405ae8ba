#include "workflows/precision/judgement_store.hpp"

#include "core/error.hpp"
#include "graph/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace lowcal::workflows {
namespace {

class Judgements : public ::testing::Test {
protected:
    graph::TemporaryFolder folder;
    std::filesystem::path file = folder.file("judgements.jsonl");

    void SetUp() override
    {
        JudgementStore store(file, "a tuning");
        for (auto const* plan : {"one", "two"})
            store.keep(plan, {.criteria = {{"mean", 0.5, 1.0, 0.25}}, .us_per_shower = 7});
    }
};

TEST_F(Judgements, of_an_interrupted_tuning_are_known_again)
{
    JudgementStore const store(file, "a tuning");
    EXPECT_EQ(store.count(), 2U);
    EXPECT_EQ(store.torn_lines(), 0U);
    EXPECT_EQ(store.find("one")->criteria.at(0).shift, 0.5);
    EXPECT_FALSE(store.find("three"));
}

TEST_F(Judgements, of_another_tuning_are_refused_and_stay)
{
    auto const bytes = graph::read_bytes(file);
    EXPECT_THROW(JudgementStore(file, "another tuning"), InputError);
    EXPECT_EQ(graph::read_bytes(file), bytes);
}

TEST_F(Judgements, behind_a_torn_last_line_are_lost_neither_before_nor_after_it)
{
    auto const bytes = graph::read_bytes(file);
    graph::write_bytes(file, bytes.substr(0, bytes.size() - 9));
    {
        JudgementStore store(file, "a tuning");
        EXPECT_EQ(store.count(), 1U);
        EXPECT_EQ(store.torn_lines(), 1U);
        store.keep("three", {.criteria = {}, .us_per_shower = 8});
    }
    JudgementStore const again(file, "a tuning");
    EXPECT_EQ(again.torn_lines(), 0U);
    EXPECT_TRUE(again.find("one"));
    EXPECT_TRUE(again.find("three"));
}

TEST_F(Judgements, with_a_torn_first_line_do_not_block_a_tuning)
{
    auto const bytes = graph::read_bytes(file);
    for (auto const& torn :
         {bytes.substr(0, 7), std::string("{\"tun\n") + bytes, std::string("\n")}) {
        graph::write_bytes(file, torn);
        EXPECT_EQ(JudgementStore(file, "a tuning").count(), 0U);
        EXPECT_EQ(JudgementStore(file, "a tuning").torn_lines(), 0U);  // the file is whole again
    }
}

TEST_F(Judgements, that_are_json_but_no_judgements_are_dropped)
{
    auto const bytes = graph::read_bytes(file);
    for (auto const* line :
         {"7", "[]", "{}", "{\"plan\": 7}", "{\"plan\": \"x\", \"us_per_shower\": \"fast\"}"}) {
        graph::write_bytes(file, bytes + line + "\n");
        JudgementStore const store(file, "a tuning");
        EXPECT_EQ(store.count(), 2U) << line;
        EXPECT_EQ(store.torn_lines(), 1U) << line;
    }
}

}  // namespace
}  // namespace lowcal::workflows
