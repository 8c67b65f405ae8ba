#include "core/files/random_name.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <sys/random.h>

namespace lowcal {

std::string random_name()
{
    std::uint64_t bits = 0;
    // So few bytes come whole or not at all.
    while (::getrandom(&bits, sizeof bits, 0) != sizeof bits)
        if (errno != EINTR) throw InputError("cannot draw a random name", std::strerror(errno));
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
    return text;
}

}  // namespace lowcal
