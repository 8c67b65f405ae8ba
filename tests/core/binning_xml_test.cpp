#include "core/detector/binning_xml.hpp"

#include "core/detector/detector_file.hpp"
#include "core/detector/detector_json.hpp"
#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"
#include "core/unlike_layers.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace lowcal {
namespace {

std::string layer(std::size_t id, std::string const& edges, std::string const& angles)
{
    return "<Layer id=\"" + std::to_string(id) + "\" r_edges=\"" + edges + "\" n_bin_alpha=\"" +
           angles + "\" />";
}

std::string particle(std::string const& name, std::string const& layers)
{
    return "<Bin pid=\"22\" etaMin=\"0\" etaMax=\"130\" name=\"" + name + "\">" + layers + "</Bin>";
}

std::string bins(std::string const& particles)
{
    return "<Bins>\n" + particles + "\n</Bins>\n";
}

std::string const unlike =
    layer(0, "0,5,10", "1") + layer(1, "0", "1") + layer(2, " 0, 2,6,20", "4");

std::string complaint(std::string const& text, std::string const& name = "")
{
    try {
        detector_from_binning(text, name, "toy.xml");
    } catch (InputError const& error) {
        return error.what();
    }
    return "none";
}

/// The complaint about a binning of one particle with these layers.
std::string of_layers(std::string const& layers)
{
    return complaint(bins(particle("photon", layers)));
}

::testing::AssertionResult mentions(std::string const& text, std::string const& part)
{
    if (text.find(part) != std::string::npos) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "'" << part << "' is not in: " << text;
}

TEST(BinningXml, layers_that_differ_are_read)
{
    auto const detector = detector_from_binning(bins(particle("photon", unlike)), "", "toy.xml");
    EXPECT_EQ(cells_difference(detector, unlike_layers()), "");
    EXPECT_EQ(detector.layer_rings, unlike_layers().layer_rings);
    EXPECT_EQ(detector.name, "binning of photon");
}

TEST(BinningXml, like_layers_of_rings_of_one_width_are_a_grid)
{
    std::string layers;
    for (std::size_t i = 0; i < 5; ++i) layers += layer(i, "0,4.65,9.3,13.95", "16");
    auto const detector = detector_from_binning(bins(particle("e", layers)), "e", "toy.xml");
    EXPECT_TRUE(detector.is_grid());
    EXPECT_EQ(detector.cells(), 5U * 16 * 3);
    EXPECT_DOUBLE_EQ(detector.axes[2].size, 4.65);
    // Rings that do not begin at the axis are no grid.
    std::string hollow;
    for (std::size_t i = 0; i < 5; ++i) hollow += layer(i, "4.65,9.3,13.95", "16");
    EXPECT_FALSE(detector_from_binning(bins(particle("e", hollow)), "", "toy.xml").is_grid());
}

TEST(BinningXml, data_set_2_is_recognised)
{
    std::string edges = "0";
    for (int i = 1; i <= 9; ++i) edges += "," + std::to_string(4.65 * i);
    std::string layers;
    for (std::size_t i = 0; i < 45; ++i) layers += layer(i, edges, "16");
    EXPECT_EQ(detector_from_binning(bins(particle("electron", layers)), "", "toy.xml"),
              calochallenge_2());
}

TEST(BinningXml, a_particle_is_found_by_name)
{
    auto const both = bins(particle("pion", layer(0, "0,1", "1")) + particle("photon", unlike));
    EXPECT_EQ(detector_from_binning(both, "photon", "toy.xml").cells(), 14U);
    EXPECT_EQ(detector_from_binning(both, "pion", "toy.xml").cells(), 1U);
    EXPECT_TRUE(mentions(complaint(both), "several particles: pion, photon"));
    EXPECT_TRUE(mentions(complaint(both, "kaon"), "no particle kaon, but pion, photon"));
    EXPECT_TRUE(mentions(complaint(bins("")), "it has no particle"));
}

TEST(BinningXml, layers_that_make_no_sense_are_refused_by_number)
{
    auto const first = layer(0, "0,1", "1");
    EXPECT_TRUE(
        mentions(of_layers(first + layer(1, "0,-1", "1")), "layer 1 (its r_edges have '-1'"));
    EXPECT_TRUE(mentions(of_layers(first + layer(1, "0,2,2", "1")), "layer 1 (its r_edges do not"));
    EXPECT_TRUE(mentions(of_layers(layer(0, "0,nan", "1")), "'nan' in place of a radius"));
    EXPECT_TRUE(mentions(of_layers(layer(0, "0,inf", "1")), "'inf' in place of a radius"));
    EXPECT_TRUE(mentions(of_layers(layer(0, "0,1,", "1")), "'' in place of a radius"));
    EXPECT_TRUE(mentions(of_layers(layer(0, "0,1x", "1")), "'1x' in place of a radius"));
    EXPECT_TRUE(mentions(of_layers(layer(0, "0,1", "0")), "n_bin_alpha is '0'"));
    EXPECT_TRUE(
        mentions(of_layers(layer(0, "0,1", "99999999999999999999")), "n_bin_alpha is '9999"));
    EXPECT_TRUE(mentions(of_layers(layer(1, "0,1", "1")), "layer 0 (its id is '1'"));
    EXPECT_TRUE(mentions(of_layers("<Layer id=\"0\" />"), "no attribute r_edges"));
    EXPECT_TRUE(mentions(of_layers(layer(0, "0", "1")), "it has no cells"));
    EXPECT_TRUE(mentions(of_layers(""), "it has no cells"));
}

TEST(BinningXml, counts_that_overflow_are_refused)
{
    EXPECT_TRUE(mentions(of_layers(layer(0, "0,1,2", "4194304")), "more than 4194304 cells"));
    std::string edges = "0";
    for (int i = 1; i < 3000; ++i) edges += "," + std::to_string(i);
    EXPECT_TRUE(mentions(of_layers(layer(0, edges, "1")), "more than 2048 r_edges"));
    std::string layers;
    for (std::size_t i = 0; i < 600; ++i) layers += layer(i, "0,1", "1");
    EXPECT_TRUE(mentions(of_layers(layers), "more than 512 layers"));
}

TEST(BinningXml, entities_are_not_expanded)
{
    std::string bomb = "<!DOCTYPE b [<!ENTITY a0 \"0,1,2,3,4,5,6,7,8,9\">";
    for (int i = 1; i < 30; ++i) {
        auto const of = "&a" + std::to_string(i - 1) + ";";
        bomb += "<!ENTITY a" + std::to_string(i) + " \"" + of + of + of + of + "\">";
    }
    bomb += "<!ENTITY file SYSTEM \"/etc/passwd\">]>";
    EXPECT_TRUE(mentions(complaint(bomb + bins(particle("photon", layer(0, "&a29;", "1")))),
                         "r_edges have '&a29;'"));
    EXPECT_TRUE(mentions(complaint(bomb + bins(particle("photon", layer(0, "&file;", "1")))),
                         "r_edges have '&file;'"));
}

TEST(BinningXml, what_is_no_xml_is_refused)
{
    EXPECT_TRUE(mentions(complaint("<Bins><Bin name=\"photon\">"), "it is no XML"));
    EXPECT_TRUE(mentions(complaint("\x89HDF\r\n"), "it is no XML"));
    EXPECT_TRUE(mentions(complaint(""), "it is no XML"));
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "<a>";
    EXPECT_TRUE(mentions(complaint(deep), "it is no XML"));
}

class DetectorFile : public ::testing::Test {
protected:
    TemporaryFolder folder_{"test"};

    std::filesystem::path write(std::string const& name, std::string const& text) const
    {
        std::ofstream(folder_.path() / name) << text;
        return folder_.path() / name;
    }
    static std::string refusal(std::filesystem::path const& argument)
    {
        try {
            read_detector(argument);
        } catch (InputError const& error) {
            return error.what();
        }
        return "none";
    }
};

TEST_F(DetectorFile, json_and_xml_are_told_apart_by_what_they_hold)
{
    auto const both = bins(particle("pion", layer(0, "0,1", "1")) + particle("photon", unlike));
    auto const xml = write("binning", "\xEF\xBB\xBF\n <?xml version=\"1.0\"?>\n" + both);
    auto const json = write("detector", to_json(unlike_layers()));
    EXPECT_EQ(read_detector(json), unlike_layers());
    EXPECT_EQ(read_detector(xml.string() + ":photon").cells(), 14U);
    EXPECT_EQ(read_detector(xml.string() + ":pion").cells(), 1U);
    EXPECT_TRUE(mentions(refusal(xml), "binning (it has several particles"));
    EXPECT_TRUE(mentions(refusal(json.string() + ":photon"), "no binning XML"));
}

TEST_F(DetectorFile, a_colon_in_a_files_name_is_no_particle)
{
    auto const path = write("a:photon", bins(particle("photon", unlike)));
    EXPECT_EQ(read_detector(path).cells(), 14U);
}

TEST_F(DetectorFile, what_is_missing_too_long_or_no_file_is_refused)
{
    EXPECT_TRUE(mentions(refusal(folder_.path() / "none.xml:photon"), "none.xml (no such file)"));
    EXPECT_TRUE(mentions(refusal(folder_.path()), "not a file"));
    EXPECT_TRUE(mentions(refusal("/dev/zero"), "not a file"));
    EXPECT_TRUE(mentions(refusal(write("long", std::string(longest_detector_text + 1, ' '))),
                         "the text is too long"));
}

}  // namespace
}  // namespace lowcal
