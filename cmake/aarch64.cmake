# Toolchain file: builds for 64-bit ARM on a Debian x86-64 with crossbuild-essential-arm64 and the
# libraries' arm64 packages; tests and programs run under qemu-user. Used by the preset `aarch64`.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# What g++ says of every std::pair handed over, of a change in g++ 10.
set(CMAKE_CXX_FLAGS_INIT -Wno-psabi)
find_program(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static REQUIRED)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
