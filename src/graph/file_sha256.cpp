#include "core/error.hpp"
#include "graph/onnx_file.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

namespace lowcal::graph {
namespace {

struct FreeDigest {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
};

void require(bool success, std::filesystem::path const& path)
{
    if (!success)
        throw InputError("cannot take the SHA-256 of " + path.string(), "OpenSSL refuses to");
}

}  // namespace

std::string file_sha256(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError("cannot open " + path.string(), std::strerror(errno));
    std::unique_ptr<EVP_MD_CTX, FreeDigest> const digest(EVP_MD_CTX_new());
    require(digest && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1, path);
    std::array<char, 1 << 16> block;
    do {
        file.read(block.data(), block.size());
        auto const count = static_cast<std::size_t>(file.gcount());
        require(EVP_DigestUpdate(digest.get(), block.data(), count) == 1, path);
    } while (file);
    if (!file.eof()) throw InputError("cannot read " + path.string(), "the file system failed");
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
    unsigned length = 0;
    require(EVP_DigestFinal_ex(digest.get(), bytes.data(), &length) == 1, path);
    std::string text;
    for (unsigned i = 0; i < length; ++i) text += fmt::format("{:02x}", bytes[i]);
    return text;
}

}  // namespace lowcal::graph
