package dev.privateapi.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * {@code /healthz}: the process runs. {@code /readyz}: it has seen every stack once. {@code /metrics}: Prometheus. Health
 * says nothing about watches or AWS, because a restart would help neither.
 */
final class Probes implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;

    /** @throws StartException if the port is taken */
    Probes(Settings settings, PrometheusMeterRegistry metrics, BooleanSupplier ready) {
        try {
            server = HttpServer.create(new InetSocketAddress(settings.httpAddress(), settings.httpPort()), 0);
        } catch (IOException e) {
            throw new StartException("Port " + settings.httpPort() + " on " + settings.httpAddress() + " cannot be listened on ("
                    + e.getMessage() + "): set PRIVATEAPI_HTTP_PORT to a free one, or to 0 for any.");
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/healthz", exchange -> answer(exchange, 200, TEXT, "ok\n"));
        server.createContext("/readyz", exchange -> {
            boolean yes = ready.getAsBoolean();
            answer(exchange, yes ? 200 : 503, TEXT, yes ? "ok\n" : "not yet: the stacks have not been listed\n");
        });
        server.createContext("/metrics", exchange -> answer(exchange, 200, PROMETHEUS, metrics.scrape()));
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
