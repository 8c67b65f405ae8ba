#include "training/loop/checkpoint.hpp"

#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "training/loop/archive_check.hpp"
#include "training/loop/config_text.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <exception>

namespace lowcal::training {
namespace {

void write_archive(torch::serialize::OutputArchive& archive, std::filesystem::path const& file)
{
    try {
        TemporaryFile temporary(file);
        archive.save_to(temporary.path().string());
        temporary.commit();
    } catch (c10::Error const& error) {
        throw InputError("cannot write " + file.string(), error.what_without_backtrace());
    }
}

/// What LibTorch says of a failure. Its readers throw more than its own errors for damaged files.
std::string reason_of(std::exception const& error)
{
    auto const* const own = dynamic_cast<c10::Error const*>(&error);
    return own != nullptr ? own->what_without_backtrace() : error.what();
}

torch::serialize::InputArchive open_archive(std::filesystem::path const& file)
{
    torch::serialize::InputArchive archive;
    try {
        archive.load_from(file.string());
    } catch (std::exception const& error) {
        throw InputError("cannot read " + file.string(), reason_of(error));
    }
    return archive;
}

std::string read_text(torch::serialize::InputArchive& archive, std::filesystem::path const& file,
                      char const* key)
{
    c10::IValue value;
    try {
        archive.read(key, value);
        return value.toStringRef();
    } catch (std::exception const&) {
        throw InputError(file.string() + " is no checkpoint of lowcal-train",
                         "it has no '" + std::string(key) + "'");
    }
}

LoopState read_state(torch::serialize::InputArchive& archive)
{
    torch::Tensor loop;
    archive.read("loop", loop);
    LoopState state{.seconds = loop[0].item<double>(),
                    .best_score = loop[1].item<double>(),
                    .best_step = static_cast<std::int64_t>(loop[2].item<double>())};
    torch::Tensor sums;  // not in older checkpoints
    if (!archive.try_read("loss_sums", sums) || sums.dim() != 1 || sums.numel() == 0) return state;
    for (std::int64_t i = 0; i + 1 < sums.numel(); ++i)
        state.loss_sums.push_back(sums[i].item<double>());
    state.summed_steps = static_cast<std::int64_t>(sums[sums.numel() - 1].item<double>());
    return state;
}

std::filesystem::path fresh_checkpoint(std::filesystem::path const& folder)
{
    return folder / "checkpoint.new.pt";
}

/// Newest first. A kill between the two renames of `save_checkpoint` leaves the newest checkpoint
/// under its first name.
std::array<std::filesystem::path, 3> checkpoints_by_age(std::filesystem::path const& folder)
{
    auto const files = checkpoint_files(folder);
    return {fresh_checkpoint(folder), files.current, files.previous};
}

template <class Stored>
void write_generator(std::filesystem::path const& file, Stored const& stored)
{
    torch::serialize::OutputArchive archive, child;
    stored.generator->save(child);
    archive.write("generator", child);
    archive.write("config", c10::IValue(to_text(stored.config)));
    archive.write("provenance", c10::IValue(stored.provenance));
    write_archive(archive, file);
}

template <class Stored>
Stored read_texts(std::filesystem::path const& file)
{
    auto archive = open_archive(file);
    Stored stored;
    stored.config = config_from_text(read_text(archive, file, "config"));
    stored.provenance = read_text(archive, file, "provenance");
    return stored;
}

void read_numbers(std::filesystem::path const& file, torch::nn::Module& generator)
{
    auto archive = open_archive(file);
    try {
        torch::serialize::InputArchive child;
        archive.read("generator", child);
        generator.load(child);
    } catch (std::exception const& error) {
        throw InputError("cannot read the generator in " + file.string(), reason_of(error));
    }
}

}  // namespace

CheckpointFiles checkpoint_files(std::filesystem::path const& folder)
{
    return {.current = folder / "checkpoint.pt", .previous = folder / "checkpoint.previous.pt"};
}

void save_checkpoint(std::filesystem::path const& folder, TrainingRun const& training,
                     LoopState const& state)
{
    torch::serialize::OutputArchive archive;
    training.save(archive);
    archive.write("config", c10::IValue(to_text(training.config())));
    archive.write("loop", torch::tensor({state.seconds, state.best_score,
                                         static_cast<double>(state.best_step)},
                                        torch::kFloat64));
    auto sums = state.loss_sums;
    sums.push_back(static_cast<double>(state.summed_steps));
    archive.write("loss_sums", torch::tensor(sums, torch::kFloat64));
    auto const files = checkpoint_files(folder);
    auto const fresh = fresh_checkpoint(folder);
    write_archive(archive, fresh);
    if (std::filesystem::exists(files.current)) commit_file(files.current, files.previous);
    commit_file(fresh, files.current);
}

TrainingConfig read_checkpoint_config(std::filesystem::path const& file)
{
    auto archive = open_archive(file);
    return config_from_text(read_text(archive, file, "config"));
}

LoopState load_checkpoint(std::filesystem::path const& file, TrainingRun& training)
{
    auto archive = open_archive(file);
    try {
        training.load(archive);
        return read_state(archive);
    } catch (std::exception const& error) {
        throw InputError("cannot resume from " + file.string(), reason_of(error));
    }
}

FoundCheckpoint find_checkpoint(std::filesystem::path const& folder)
{
    FoundCheckpoint found;
    for (auto const& file : checkpoints_by_age(folder)) {
        if (!std::filesystem::exists(file)) continue;
        try {
            require_whole_archive(file);
            auto archive = open_archive(file);
            config_from_text(read_text(archive, file, "config"));
            read_state(archive);
            found.file = file;
            return found;
        } catch (std::exception const& error) {
            found.damaged.push_back(reason_of(error));
        }
    }
    std::string reasons;
    for (auto const& reason : found.damaged) reasons += (reasons.empty() ? "" : "; ") + reason;
    throw InputError(
        "no readable checkpoint in " + folder.string(),
        reasons.empty() ? "looked for checkpoint.pt and checkpoint.previous.pt" : reasons,
        "start without --resume in another folder");
}

std::filesystem::path newest_checkpoint(std::filesystem::path const& folder)
{
    return find_checkpoint(folder).file;
}

bool has_checkpoint(std::filesystem::path const& folder)
{
    return std::ranges::any_of(checkpoints_by_age(folder),
                               [](auto const& file) { return std::filesystem::exists(file); });
}

void save_generator(std::filesystem::path const& file, StoredGenerator const& stored)
{
    write_generator(file, stored);
}

void save_generator(std::filesystem::path const& file, StoredLean const& stored)
{
    write_generator(file, stored);
}

void save_generator(std::filesystem::path const& file, StoredFine const& stored)
{
    write_generator(file, stored);
}

void save_generator(std::filesystem::path const& file, StoredPasses const& stored)
{
    write_generator(file, stored);
}

StoredGenerator load_generator(std::filesystem::path const& file)
{
    auto stored = read_texts<StoredGenerator>(file);
    stored.generator = Generator(
        GeneratorImpl::Config{.architecture = stored.config.architecture, .dropout = 0.0});
    read_numbers(file, *stored.generator);
    return stored;
}

StoredLean load_lean(std::filesystem::path const& file)
{
    auto stored = read_texts<StoredLean>(file);
    stored.generator = LeanGenerator(stored.config.geometry);
    read_numbers(file, *stored.generator);
    return stored;
}

StoredFine load_fine(std::filesystem::path const& file)
{
    auto stored = read_texts<StoredFine>(file);
    stored.generator = FineGenerator(stored.config.geometry, stored.config.fine);
    read_numbers(file, *stored.generator);
    return stored;
}

StoredPasses load_passes(std::filesystem::path const& file)
{
    auto stored = read_texts<StoredPasses>(file);
    stored.generator = PassGenerator(stored.config.geometry, stored.config.passes);
    read_numbers(file, *stored.generator);
    return stored;
}

}  // namespace lowcal::training
