package dev.privateapi.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.AwsSettings.Role;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class AwsTargetsTest {

    private static final String REGION = "ap-northeast-1";
    private static final String OTHER_ACCOUNT = "222222222222";
    private static final String REFUSING_ACCOUNT = "333333333333";
    private static final String SILENT_ACCOUNT = "555555555555";
    private static final String KEY_THERE = "ASIATHERE";

    private static final int CONNECTIONS = 200;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch hang = new CountDownLatch(1);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private HttpServer server;
    private AwsTargets targets;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
        targets = targets(ApiClass.API_GATEWAY_DELETE_API.standard());
    }

    private AwsTargets targets(Rate deleteApi) {
        return new AwsTargets(
                new AwsSettings(
                        Map.of(OTHER_ACCOUNT, new Role("arn:aws:iam::222222222222:role/peer", "shared"),
                                REFUSING_ACCOUNT, new Role("arn:aws:iam::333333333333:role/peer", ""),
                                SILENT_ACCOUNT, new Role("arn:aws:iam::555555555555:role/peer", "")),
                        Map.of(ApiClass.EC2_READ, new Rate(1_000, 1_000), ApiClass.API_GATEWAY_DELETE_API, deleteApi), 1,
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))),
                Clock.systemUTC(), new Random(1), metrics);
    }

    @AfterEach
    void stop() {
        hang.countDown();
        targets.close();
        server.stop(0);
        threads.close();
    }

    @Test
    void makesACallOnceEvenWhenItsConnectionBreaks() {
        assertThatThrownBy(() -> targets.home(REGION).ec2().createVpc(vpc -> vpc.cidrBlock("10.1.0.0/16")))
                .matches(e -> AwsErrors.is(e, Category.TRANSIENT), "the outcome is unknown");
        assertThat(asked).as("a repeated CreateVpc whose first effect happened makes two VPCs").containsExactly("CreateVpc");
    }

    @Test
    void makesACallOnceEvenWhenAwsAsksToSlowDown() {
        assertThatThrownBy(() -> targets.home(REGION).ec2().createSubnet(subnet -> subnet.vpcId("vpc-1")))
                .matches(e -> AwsErrors.is(e, Category.THROTTLED))
                .satisfies(e -> assertThat(AwsErrors.problem(e).message()).startsWith("AWS refused CreateSubnet: Slow down."));
        assertThat(asked).containsExactly("CreateSubnet");
        assertThat(metrics.get("privateapi.aws.calls").tags("operation", "CreateSubnet", "outcome", "throttled").timer().count())
                .as("throttles are counted apart").isEqualTo(1);
    }

    @Test
    void asksForTheAccountOnce() {
        assertThat(targets.home(REGION).accountId()).isEqualTo("111111111111");
        assertThat(targets.home("eu-west-1").accountId()).isEqualTo("111111111111");
        assertThat(asked).containsExactly("GetCallerIdentity");
    }

    @Test
    void isTheSameTargetForTheSameAccountAndRegion() {
        Aws home = targets.home(REGION);
        assertThat(home.in("111111111111", REGION)).as("so that reads are shared").isSameAs(home);
        assertThat(home.in(OTHER_ACCOUNT, REGION)).isSameAs(home.in(OTHER_ACCOUNT, REGION)).isNotSameAs(home);
        assertThat(home.ec2()).as("a client costs a tenth of a second").isSameAs(home.ec2());
    }

    @Test
    void oneThreadEndsTheCallsOfAllClientsThatTakeTooLong() {
        hang.countDown();
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Stream.of(REGION, "eu-west-1").map(targets::home).forEach(home -> {
            home.ec2().describeVpcs();
            assertThatThrownBy(() -> home.iam().getUser()).matches(e -> AwsErrors.is(e, Category.TRANSIENT));
        });
        assertThat(Thread.getAllStackTraces().keySet()).filteredOn(it -> !before.contains(it)).extracting(Thread::getName)
                .as("the SDK's own, up to five for each client").noneMatch(it -> it.startsWith("sdk-ScheduledExecutor"))
                .as("one for all").filteredOn("aws-timeouts"::equals).hasSize(1);
    }

    @Test
    void refusesAccountsThatNoAdministratorNamed() {
        assertThatThrownBy(() -> targets.home(REGION).in("444444444444", REGION))
                .as("whoever writes a CR must not choose the identity")
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("adds 444444444444=<role ARN> to PRIVATEAPI_ACCOUNT_ROLES");
    }

    @Test
    void tellsWhichRoleCannotBeAssumedAndWhatBothSidesHaveToDo() {
        assertThatThrownBy(() -> targets.home(REGION).in(REFUSING_ACCOUNT, REGION).ec2().describeVpcs())
                .satisfies(e -> assertThat(AwsErrors.problem(e)).isEqualTo(new Problem(Category.DENIED,
                        "AWS refused AssumeRole in account 333333333333: User: arn:aws:iam::111111111111:role/operator is not authorized"
                        + " to perform: sts:AssumeRole on resource: arn:aws:iam::333333333333:role/peer. Allow sts:AssumeRole on that"
                        + " role for the operator's identity, and let the role trust it, with the external id if it has one; the"
                        + " stack then goes on by itself.")));
        assertThat(asked).as("nothing was tried with another identity").containsOnly("GetCallerIdentity", "AssumeRole");
    }

    @Test
    void tellsWhoseRoleStsDidNotAnswerFor() {
        assertThatThrownBy(() -> targets.home(REGION).in(SILENT_ACCOUNT, REGION).ec2().describeVpcs())
                .satisfies(e -> assertThat(AwsErrors.problem(e)).isEqualTo(new Problem(Category.TRANSIENT, "AWS could not be reached:"
                        + " NoHttpResponseException (AssumeRole in account 555555555555). It is tried again.")));
    }

    @Test
    void callsThatHangInOneRegionKeepNoneFromAnother() {
        List<Thread> hanging = IntStream.range(0, CONNECTIONS).mapToObj(i -> Thread.startVirtualThread(() ->
                targets.home(REGION).ec2().describeVpcs())).toList();
        await().until(() -> asked.size() == CONNECTIONS);

        targets.home("eu-west-1").ec2().describeVpcs();
        assertThatThrownBy(() -> targets.home(REGION).iam().getUser())
                .as("what all Regions share, by a client of the one that hangs").matches(e -> AwsErrors.is(e, Category.TRANSIENT));

        assertThat(asked).as("it reached the server").contains("GetUser");
        assertThat(hanging).as("as many calls as a Region has connections").allMatch(Thread::isAlive);
        hang.countDown();
    }

    @Test
    void callsThatHangInOneAccountKeepNoneFromAnother() {
        Aws there = targets.home("eu-west-1").in(OTHER_ACCOUNT, "eu-west-1");
        List<Thread> hanging = IntStream.range(0, CONNECTIONS).mapToObj(i -> Thread.startVirtualThread(() ->
                there.ec2().describeVpcs())).toList();
        await().until(() -> asked.stream().filter("DescribeVpcs"::equals).count() == CONNECTIONS);

        targets.home("eu-west-1").ec2().describeVpcs();

        assertThat(hanging).as("in the same Region").allMatch(Thread::isAlive);
        hang.countDown();
    }

    @Test
    void whatOneAccountHasUsedUpIsThereForAnother() {
        Aws home = targets.home(REGION);
        Aws there = home.in(OTHER_ACCOUNT, REGION);
        assertThatThrownBy(() -> there.apiGateway().deleteRestApi(api -> api.restApiId("a")))
                .as("it reached the server").matches(e -> AwsErrors.is(e, Category.TRANSIENT));
        assertThatThrownBy(() -> there.apiGateway().deleteRestApi(api -> api.restApiId("b")))
                .as("1 in 30 s").hasMessageContaining("DeleteRestApi in account " + OTHER_ACCOUNT + " waits for its turn");

        assertThatThrownBy(() -> home.apiGateway().deleteRestApi(api -> api.restApiId("c")))
                .as("the account at home has its own").matches(e -> AwsErrors.is(e, Category.TRANSIENT));
    }

    /** What the gate itself refuses is no refusal of AWS': the next call would come soon, and be one too many. */
    @Test
    void whatTheGateRefusesBringsNoTokenBack() {
        try (AwsTargets shard = targets(new Rate(1, 1 / 30.0, true))) {
            assertThatThrownBy(() -> shard.home(REGION).apiGateway().deleteRestApi(api -> api.restApiId("a")))
                    .as("it reached the server").matches(e -> AwsErrors.is(e, Category.TRANSIENT));
            for (String api : List.of("b", "c")) {
                assertThatThrownBy(() -> shard.home(REGION).apiGateway().deleteRestApi(it -> it.restApiId(api)))
                        .as("1 in 30 s").hasMessageContaining("DeleteRestApi waits for its turn");
            }
        }
    }

    @Test
    void keepsToWhatAnAccountMayInAllRegionsTogether() {
        assertThatThrownBy(() -> targets.home(REGION).apiGateway().deleteRestApi(api -> api.restApiId("a")))
                .as("it reached the server").matches(e -> AwsErrors.is(e, Category.TRANSIENT));
        assertThatThrownBy(() -> targets.home("eu-west-1").apiGateway().deleteRestApi(api -> api.restApiId("b")))
                .as("1 in 30 s, wherever").hasMessageContaining("DeleteRestApi waits for its turn");

        for (String region : List.of(REGION, "eu-west-1")) {
            assertThatThrownBy(() -> targets.home(region).apiGateway().createRestApi(api -> api.name("a")))
                    .as("1 in 3 s in each Region").matches(e -> AwsErrors.is(e, Category.TRANSIENT));
        }
    }

    @Test
    void sharesWhatRoute53AndIamTellBetweenTheRegionsOfAnAccount() {
        Aws home = targets.home(REGION);

        assertThat(targets.home("eu-west-1").globalReads()).isSameAs(home.globalReads()).isNotSameAs(home.reads());
        assertThat(targets.home("eu-west-1").reads()).isNotSameAs(home.reads());
        assertThat(home.in(OTHER_ACCOUNT, REGION).globalReads()).as("another account").isNotSameAs(home.globalReads());
    }

    @Test
    void knowsThePartition() {
        assertThat(targets.home(REGION).partition()).isEqualTo("aws");
        assertThat(targets.home("cn-north-1").partition()).isEqualTo("aws-cn");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String operation = body.replaceAll(".*Action=(\\w+).*", "$1");
        asked.add(operation);
        switch (operation) {
            case "GetCallerIdentity" -> send(exchange, 200, """
                    <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/op</Arn>
                    <Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>""");
            case "AssumeRole" -> assumeRole(exchange, body);
            case "CreateSubnet" -> send(exchange, 503, """
                    <Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Slow down</Message></Error></Errors>
                    <RequestID>1b2c</RequestID></Response>""");
            case "DescribeVpcs" -> {
                hang(exchange);
                send(exchange, 200, "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>");
            }
            default -> exchange.close();
        }
    }

    private static void assumeRole(HttpExchange exchange, String body) throws IOException {
        if (body.contains(REFUSING_ACCOUNT)) {
            send(exchange, 403, """
                    <ErrorResponse><Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::111111111111:role/operator is not \
                    authorized to perform: sts:AssumeRole on resource: arn:aws:iam::333333333333:role/peer</Message></Error>
                    </ErrorResponse>""");
        } else if (body.contains(SILENT_ACCOUNT)) {
            exchange.close();
        } else {
            send(exchange, 200, """
                    <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>%s</AccessKeyId>
                    <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
                    <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
                    .formatted(KEY_THERE));
        }
    }

    /** In the one Region, and in the other account. */
    private void hang(HttpExchange exchange) {
        String caller = exchange.getRequestHeaders().getFirst("Authorization");
        if (caller.contains("/" + REGION + "/") || caller.contains(KEY_THERE)) {
            try {
                hang.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String xml) throws IOException {
        byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
