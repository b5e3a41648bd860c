package dev.privateapi.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One of the repository's own servers as a child process. It is ready when it prints one line of JSON, and it ends when its
 * stdin closes: also when this JVM dies without saying so.
 */
final class ServerProcess implements AutoCloseable {

    private static final Duration STOP = Duration.ofSeconds(20);
    private static final int TAIL_LINES = 20;

    private final String name;
    private final Process process;
    private final BufferedReader output;
    private final Path log;
    private JsonNode ready;

    private ServerProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.output = process.inputReader();
        this.log = log;
    }

    /**
     * Runs {@code dev/python -m <arguments>} and returns when it is ready.
     *
     * @throws IllegalStateException if it ends, or is not ready in time; the message has the end of its log
     */
    static ServerProcess start(String name, Duration deadline, List<String> arguments) {
        var python = Path.of("dev", "python").toAbsolutePath();
        if (!Files.isExecutable(python)) {
            throw new IllegalStateException(python + " is missing: run the tests from the repository's root");
        }
        var command = new ArrayList<>(List.of(python.toString(), "-m"));
        command.addAll(arguments);
        try {
            var log = Files.createTempFile(directory(), name + "-", ".log");
            var builder = new ProcessBuilder(command).redirectError(log.toFile());
            var server = new ServerProcess(name, builder.start(), log);
            server.awaitReady(deadline);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("could not start " + String.join(" ", command), e);
        }
    }

    /** Where servers keep their data and logs: removed by {@code mvn clean}, kept after a failed run. */
    static Path directory() throws IOException {
        return Files.createDirectories(Path.of("target", "servers").toAbsolutePath());
    }

    /** What it said about itself when it became ready. */
    JsonNode ready() {
        return ready;
    }

    /** Sends a signal, such as {@code STOP}, to those of its children that run {@code program}. */
    void signal(String signal, String program) {
        long[] pids = process.descendants()
                .filter(child -> child.info().command().orElse("").endsWith("/" + program)).mapToLong(ProcessHandle::pid).toArray();
        if (pids.length == 0) {
            throw new IllegalStateException("the " + name + " runs no " + program);
        }
        for (long pid : pids) {
            try {
                new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start().waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** Ends it without a word, and its children, which go with it. */
    void kill() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        process.onExit().join();
        all.forEach(child -> child.onExit().join());
    }

    private void awaitReady(Duration deadline) throws IOException {
        try {
            var line = CompletableFuture.supplyAsync(this::firstLine, task -> Thread.ofVirtual().start(task))
                    .get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                throw failure("ended before it was ready");
            }
            ready = new ObjectMapper().readTree(line);
        } catch (TimeoutException e) {
            close();
            throw failure("was not ready within " + deadline.toSeconds() + " s");
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw failure("was not waited for: interrupted");
        } catch (ExecutionException e) {
            close();
            throw failure("closed its output: " + e.getCause());
        }
    }

    private String firstLine() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private IllegalStateException failure(String what) throws IOException {
        var lines = Files.readAllLines(log);
        var tail = String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        return new IllegalStateException("the " + name + " " + what + "; the end of " + log + ":\n" + tail);
    }

    @Override
    public void close() {
        try {
            process.outputWriter().close();
            if (!process.waitFor(STOP)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
