#include "core/processes/forked_server.hpp"

#include "core/error.hpp"
#include "core/processes/signal_cleanup.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <new>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lowcal {
namespace {

constexpr std::uint64_t longest_message = std::uint64_t{1} << 28U;
constexpr char answer_mark = 'A';
constexpr char refusal_mark = 'R';

/// Whether all bytes went; false where the other side is gone.
bool send_all(int socket, void const* data, std::size_t size)
{
    auto const* bytes = static_cast<char const*>(data);
    while (size > 0) {
        auto const sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bool receive_all(int socket, void* data, std::size_t size)
{
    auto* bytes = static_cast<char*>(data);
    while (size > 0) {
        auto const got = ::recv(socket, bytes, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

bool send_message(int socket, std::string_view text)
{
    std::uint64_t const size = text.size();
    return send_all(socket, &size, sizeof size) && send_all(socket, text.data(), text.size());
}

bool receive_message(int socket, std::string& text)
{
    std::uint64_t size = 0;
    if (!receive_all(socket, &size, sizeof size) || size > longest_message) return false;
    text.resize(size);
    return receive_all(socket, text.data(), size);
}

/// Lowers a limit; never raises it.
void limit(__rlimit_resource resource, rlim_t value)
{
    rlimit now{};
    ::getrlimit(resource, &now);
    now.rlim_cur = std::min(value, now.rlim_max);
    ::setrlimit(resource, &now);
}

void limit_memory(std::size_t more)
{
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    if (pages == 0) return;
    auto const used = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    rlimit now{};
    ::getrlimit(RLIMIT_AS, &now);
    limit(RLIMIT_AS, std::min<rlim_t>(now.rlim_cur, used + more));
}

/// From here on the process may use so much more; then the system ends it by XCPU.
void allow_cpu_seconds(unsigned seconds)
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    auto const so_far = used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1;
    limit(RLIMIT_CPU, static_cast<rlim_t>(so_far) + seconds);
}

/// Leaves nothing of the parent's open but the socket, which gets the number 3.
void close_inherited_files(int socket)
{
    constexpr int kept = 3;
    socket = ::fcntl(socket, F_DUPFD, kept + 1);  // out of the way of the streams
    int const null = ::open("/dev/null", O_RDWR);
    for (int const stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, stream);
    ::dup2(socket, kept);
    if (::close_range(kept + 1, ~0U, 0) == 0) return;
    rlimit files{};  // kernels before 5.9
    ::getrlimit(RLIMIT_NOFILE, &files);
    for (int file = kept + 1; file < static_cast<int>(std::min<rlim_t>(files.rlim_cur, 65536));
         ++file)
        ::close(file);
}

/// What the copy does in place of going on where its parent is.
class Server {
public:
    Server(int socket, ForkedServer::Config const& config, std::span<std::byte> shared)
        : config_(config), shared_(shared)
    {
        restore_default_signals();
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        // Whoever stops the program by a key means the parent; we end with it.
        ::signal(SIGINT, SIG_IGN);
        ::signal(SIGQUIT, SIG_IGN);
        ::signal(SIGHUP, SIG_IGN);
        ::signal(SIGTERM, SIG_IGN);
        close_inherited_files(socket);
        limit(RLIMIT_CORE, 0);
        limit(RLIMIT_FSIZE, 0);
        limit_memory(config.memory_bytes);
    }

    void run(std::function<ForkedServer::Handler()> const& start)
    {
        allow_cpu_seconds(config_.cpu_seconds_to_start);
        ForkedServer::Handler handler;
        bool const started = answer([&] {
            handler = start();
            return std::string();
        });
        std::string request;
        while (started && receive_message(socket_, request)) {
            allow_cpu_seconds(config_.cpu_seconds_a_request);
            answer([&] { return handler(request, shared_); });
        }
    }

private:
    static constexpr int socket_ = 3;
    ForkedServer::Config config_;
    std::span<std::byte> shared_;

    template <class Work>
    bool answer(Work&& work)
    {
        std::string text;
        bool done = false;
        try {
            text = work();
            done = true;
        } catch (std::bad_alloc const&) {
            text =
                "it takes more memory than " + std::to_string(config_.memory_bytes >> 20U) + " MiB";
        } catch (std::exception const& error) {
            text = error.what();
        }
        send_message(socket_, std::string(1, done ? answer_mark : refusal_mark) + text);
        return done;
    }
};

std::span<std::byte> share_memory(std::size_t bytes)
{
    void* const memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw InputError("cannot share memory", std::strerror(errno));
    return {static_cast<std::byte*>(memory), bytes};
}

}  // namespace

ForkedServer::ForkedServer(Config const& config, std::function<Handler()> const& start)
{
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        throw InputError("cannot start a process", std::strerror(errno));
    socket_ = FileDescriptor(pair[0]);
    FileDescriptor theirs(pair[1]);
    shared_ = share_memory(config.shared_bytes);
    process_ = ::fork();
    if (process_ == 0) {
        Server(theirs.get(), config, shared_).run(start);
        ::_exit(0);
    }
    if (process_ < 0) {
        ::munmap(shared_.data(), shared_.size());
        throw InputError("cannot start a process", std::strerror(errno));
    }
    theirs.reset();
    try {
        receive();
    } catch (...) {
        end();
        throw;
    }
}

ForkedServer::~ForkedServer()
{
    end();
}

void ForkedServer::end() noexcept
{
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    process_ = -1;
    ::munmap(shared_.data(), shared_.size());
}

std::string ForkedServer::call(std::string_view request)
{
    if (!death_.empty() || !send_message(socket_.get(), request)) report_death();
    return receive();
}

std::string ForkedServer::receive()
{
    std::string message;
    if (!receive_message(socket_.get(), message) || message.empty()) report_death();
    bool const done = message.front() == answer_mark;
    message.erase(0, 1);
    if (!done) throw InputError(message);
    return message;
}

/// A server that broke off its answers is as good as dead.
void ForkedServer::report_death()
{
    if (death_.empty()) {
        ::kill(process_, SIGKILL);  // if it lives, it talks nonsense
        int status = 0;
        while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
        }
        process_ = -1;
        death_ = "exit code " + std::to_string(WEXITSTATUS(status));
        if (WIFSIGNALED(status))
            death_ =
                "signal " + std::to_string(WTERMSIG(status)) + ", " + ::strsignal(WTERMSIG(status));
    }
    throw ServerDeath(death_);
}

}  // namespace lowcal
