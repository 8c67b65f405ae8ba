#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define LOWCAL_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LOWCAL_ADDRESS_SANITIZER
#endif
#endif

namespace lowcal {

/// Whether this is a build with the address sanitizer, which takes terabytes of address space of
/// its own, so that no limit can be set to it.
#ifdef LOWCAL_ADDRESS_SANITIZER
inline constexpr bool address_sanitizer = true;
#else
inline constexpr bool address_sanitizer = false;
#endif

}  // namespace lowcal
