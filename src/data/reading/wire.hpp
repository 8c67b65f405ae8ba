#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace lowcal::data {

/// Numbers and texts one after the other, for another process of this machine.
class Packer {
public:
    void add(std::size_t number)
    {
        text_.append(reinterpret_cast<char const*>(&number), sizeof number);
    }
    void add(std::string const& text)
    {
        add(text.size());
        text_ += text;
    }
    std::string const& text() const { return text_; }

private:
    std::string text_;
};

/// Takes apart what a Packer made. The other process may have been harmed: what is not there reads
/// as zero and as empty.
class Unpacker {
public:
    explicit Unpacker(std::string_view text) : text_(text) {}

    bool at_end() const { return text_.empty(); }
    std::size_t number()
    {
        std::size_t value = 0;
        auto const piece = take(sizeof value);
        if (piece.size() == sizeof value) std::memcpy(&value, piece.data(), sizeof value);
        return value;
    }
    std::string text() { return std::string(take(number())); }

private:
    std::string_view text_;

    std::string_view take(std::size_t size)
    {
        auto const piece = text_.substr(0, size);
        text_.remove_prefix(piece.size());
        return piece;
    }
};

}  // namespace lowcal::data
