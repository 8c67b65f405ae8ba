#include "core/error.hpp"
#include "graph/onnx/onnx_file.hpp"

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

void require(bool success)
{
    if (!success) throw InputError("cannot take a SHA-256", "OpenSSL refuses to");
}

/// Takes bytes piece by piece.
class Sha256 {
public:
    Sha256() : digest_(EVP_MD_CTX_new())
    {
        require(digest_ && EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr) == 1);
    }

    void add(void const* bytes, std::size_t count)
    {
        require(EVP_DigestUpdate(digest_.get(), bytes, count) == 1);
    }

    /// Call once, after all bytes.
    std::string text()
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
        unsigned length = 0;
        require(EVP_DigestFinal_ex(digest_.get(), bytes.data(), &length) == 1);
        std::string result;
        for (unsigned i = 0; i < length; ++i) result += fmt::format("{:02x}", bytes[i]);
        return result;
    }

private:
    std::unique_ptr<EVP_MD_CTX, FreeDigest> digest_;
};

}  // namespace

std::string file_sha256(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw InputError("cannot open " + path.string(), std::strerror(errno));
    Sha256 digest;
    std::array<char, 1 << 16> block;
    do {
        file.read(block.data(), block.size());
        digest.add(block.data(), static_cast<std::size_t>(file.gcount()));
    } while (file);
    if (!file.eof()) throw InputError("cannot read " + path.string(), "the file system failed");
    return digest.text();
}

std::string sha256(std::span<std::byte const> bytes)
{
    Sha256 digest;
    digest.add(bytes.data(), bytes.size());
    return digest.text();
}

}  // namespace lowcal::graph
