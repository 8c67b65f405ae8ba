#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOWCAL_MEMORY_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LOWCAL_MEMORY_SANITIZED
#endif
#endif

namespace lowcal {

/// Whether this is a build with the address or the thread sanitizer, which take terabytes of
/// address space of their own, so that no limit can be set to it.
#ifdef LOWCAL_MEMORY_SANITIZED
inline constexpr bool memory_sanitized = true;
#else
inline constexpr bool memory_sanitized = false;
#endif

}  // namespace lowcal
