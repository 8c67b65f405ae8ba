/// Stands in for libFuzzer where the compiler has none: takes the files of a corpus, damages them
/// at random and hands them to the target. Options as libFuzzer's:
///
///     fuzz_showers [-runs=N] [-max_total_time=S] [-seed=N] FILE_OR_FOLDER...
///
/// Without a time and runs each file is tried once, undamaged. It knows nothing of which branches a
/// file reaches: it finds less than libFuzzer.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

struct Options {
    std::int64_t runs = 0;
    std::int64_t seconds = 0;
    std::int64_t seed = 1;
    std::vector<fs::path> files;
};

bool take_number(std::string_view argument, std::string_view name, std::int64_t& number)
{
    if (!argument.starts_with(name)) return false;
    auto const text = argument.substr(name.size());
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

Options parse(int count, char** arguments)
{
    Options options;
    for (int i = 1; i < count; ++i) {
        std::string_view const argument = arguments[i];
        if (take_number(argument, "-runs=", options.runs) ||
            take_number(argument, "-max_total_time=", options.seconds) ||
            take_number(argument, "-seed=", options.seed) || argument.starts_with('-'))
            continue;
        if (fs::is_directory(argument)) {
            for (auto const& entry : fs::directory_iterator(argument))
                options.files.push_back(entry.path());
        } else {
            options.files.emplace_back(argument);
        }
    }
    std::sort(options.files.begin(), options.files.end());
    return options;
}

Bytes read(fs::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Flips bits, sets bytes, cuts, repeats or moves stretches: a few changes at a time.
Bytes damaged(Bytes bytes, std::mt19937_64& random)
{
    auto const below = [&random](std::size_t limit) {
        return random() % std::max<std::size_t>(1, limit);
    };
    auto const changes = 1 + below(6);
    for (std::size_t change = 0; change < changes && !bytes.empty(); ++change) {
        auto const at = below(bytes.size());
        auto const length = std::min(bytes.size() - at, 1 + below(32));
        auto const from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        auto const to = from + static_cast<std::ptrdiff_t>(length);
        switch (below(8)) {
            case 0:
                bytes.resize(at);
                break;
            case 1:
                bytes.erase(from, to);
                break;
            case 2: {
                Bytes const copy(from, to);
                bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size())),
                             copy.begin(), copy.end());
                break;
            }
            case 3:
                std::fill(from, to, static_cast<std::uint8_t>(below(2) == 0 ? 0xff : 0));
                break;
            case 4:
                bytes[at] = static_cast<std::uint8_t>(random());
                break;
            default:
                bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << below(8)));
        }
    }
    return bytes;
}

}  // namespace

int main(int count, char** arguments)
{
    auto const options = parse(count, arguments);
    std::vector<Bytes> seeds;
    for (auto const& path : options.files) seeds.push_back(read(path));
    for (auto const& seed : seeds) LLVMFuzzerTestOneInput(seed.data(), seed.size());
    std::int64_t runs = static_cast<std::int64_t>(seeds.size());
    if (seeds.empty()) {
        std::fputs("no file of a corpus is given\n", stderr);
        return 2;
    }
    std::mt19937_64 random(static_cast<std::uint64_t>(options.seed));
    auto const start = std::chrono::steady_clock::now();
    auto const seconds = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    while ((options.runs > 0 && runs < options.runs) ||
           (options.seconds > 0 && seconds() < static_cast<double>(options.seconds))) {
        auto const bytes = damaged(seeds[random() % seeds.size()], random);
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        ++runs;
    }
    std::printf("Done %lld runs in %.0f second(s)\n", static_cast<long long>(runs), seconds());
    return 0;
}
