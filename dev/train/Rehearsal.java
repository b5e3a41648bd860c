import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * The run of the operator that its AOT cache (JEP 514) is made of: it starts against an API server without stacks and an STS
 * that knows it, both played here, and ends as it does on SIGTERM. Needs nothing but a Java runtime, so that it works
 * while an image is built: {@code java Rehearsal.java OPERATOR_JAR CACHE JVM_OPTION…}
 */
public final class Rehearsal {

    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final String IDENTITY = """
            <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/rehearsal</Arn>
            <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>""";
    private static final String NO_STACKS = """
            {"apiVersion": "privateapi.dev/v1alpha1", "kind": "PrivateApiStackList", "metadata": {"resourceVersion": "1"},
             "items": []}""";

    private Rehearsal() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path cache = Path.of(arguments[1]);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", Rehearsal::answer);
        server.start();
        Process operator = start(arguments, "http://127.0.0.1:" + server.getAddress().getPort());
        Runtime.getRuntime().addShutdownHook(new Thread(operator::destroyForcibly));
        Thread.startVirtualThread(() -> endLate(operator));
        awaitStarted(operator.inputReader());
        operator.toHandle().destroy(); // Process.destroy would close its output, and then it makes no cache
        operator.inputReader().lines().forEach(System.out::println);
        operator.waitFor();
        server.stop(0);
        if (!Files.exists(cache)) {
            throw new IllegalStateException("The operator started, but made no " + cache);
        }
        System.exit(0);
    }

    private static Process start(String[] arguments, String server) throws IOException {
        Path kubeconfig = Files.writeString(Files.createTempFile("kubeconfig", ""), """
                apiVersion: v1
                kind: Config
                current-context: rehearsal
                contexts: [{name: rehearsal, context: {cluster: rehearsal, user: rehearsal}}]
                clusters: [{name: rehearsal, cluster: {server: "%s"}}]
                users: [{name: rehearsal, user: {token: none}}]
                """.formatted(server));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments).subList(2, arguments.length));
        command.addAll(List.of("-XX:AOTCacheOutput=" + arguments[1], "-jar", arguments[0]));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "AWS_ENDPOINT_URL", server,
                "AWS_REGION", "us-east-1",
                "AWS_ACCESS_KEY_ID", "rehearsal",
                "AWS_SECRET_ACCESS_KEY", "rehearsal",
                "PRIVATEAPI_CLUSTER_ID", "rehearsal",
                "PRIVATEAPI_LEADER_ELECTION", "false",
                "PRIVATEAPI_HTTP_PORT", "0"));
        return builder.start();
    }

    /** An image's build must not hang. */
    private static void endLate(Process operator) {
        try {
            operator.waitFor(DEADLINE);
            operator.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitStarted(BufferedReader output) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            System.out.println(line);
            if (line.contains(" Started: ")) {
                return;
            }
        }
        throw new IllegalStateException("The operator ended before it had started");
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        boolean watch = query != null && query.contains("watch=true");
        if (watch && exchange.getRequestHeaders().containsKey("Upgrade")) {
            exchange.sendResponseHeaders(503, -1); // no WebSockets here: the client watches by a plain GET then
            return;
        }
        if (watch) {
            exchange.sendResponseHeaders(200, 0); // nothing happens, for as long as it is watched
            exchange.getResponseBody().flush();
            return;
        }
        byte[] body = (exchange.getRequestMethod().equals("POST") ? IDENTITY : NO_STACKS).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
