package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.aws.ApiClass;
import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.AwsSettings.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {

    private static final Pattern SETTING = Pattern.compile("PRIVATEAPI_([A-Z_]{2,})");

    @Test
    void nothingHasToBeSet() {
        Settings settings = SettingsReader.read(Map.of("PATH", "/bin"));

        assertThat(settings.watchNamespaces()).isEmpty();
        assertThat(settings.leaderElection()).isTrue();
        assertThat(settings.driftInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.givenClusterId()).isEmpty();
        assertThat(settings.httpPort()).isEqualTo(8080);
        assertThat(settings.timeScale()).isEqualTo(1);
        assertThat(settings.turnsAtOnce()).isEqualTo(50);
    }

    @Test
    void emptyMeansTheDefault() {
        // A Deployment's manifest writes a variable whose value is not given as an empty one.
        assertThat(SettingsReader.read(Map.of("PRIVATEAPI_HTTP_PORT", "", "PRIVATEAPI_DRIFT_INTERVAL", " ")))
                .isEqualTo(SettingsReader.read(Map.of()));
    }

    @Test
    void readsEverySetting() {
        Settings settings = SettingsReader.read(Map.ofEntries(
                Map.entry("PRIVATEAPI_WATCH_NAMESPACES", "team-a, team-b,"),
                Map.entry("PRIVATEAPI_LABEL_SELECTOR", "shard in (1, 2),!example.com/old"),
                Map.entry("PRIVATEAPI_LEADER_ELECTION", "false"),
                Map.entry("PRIVATEAPI_LEASE_NAMESPACE", "system"),
                Map.entry("PRIVATEAPI_DRIFT_INTERVAL", "1h2m3s"),
                Map.entry("PRIVATEAPI_CLUSTER_ID", "prod.eu_1"),
                Map.entry("PRIVATEAPI_HTTP_ADDRESS", "127.0.0.1"),
                Map.entry("PRIVATEAPI_HTTP_PORT", "0"),
                Map.entry("PRIVATEAPI_TIME_SCALE", "20.5"),
                Map.entry("PRIVATEAPI_MAX_CONCURRENT", "7"),
                Map.entry("PRIVATEAPI_ACCOUNT_ROLES",
                        "111111111111=arn:aws:iam::111111111111:role/peer;shared secret, 222222222222=arn:aws-cn:iam::222222222222:role/a/b"),
                Map.entry("PRIVATEAPI_AWS_RATES", "ec2-write=10/2.5,route53=1/1"),
                Map.entry("PRIVATEAPI_DRIFT_QUEUES", "https://sqs.ap-northeast-1.amazonaws.com/123456789012/drift_1,"
                        + " https://sqs.cn-north-1.amazonaws.com.cn/210987654321/drift"),
                Map.entry("PRIVATEAPI_SAFETY_INTERVAL", "2h"),
                Map.entry("PRIVATEAPI_RATE_SHARE", "0.5"),
                Map.entry("PRIVATEAPI_ORPHAN_INTERVAL", "30m"),
                Map.entry("PRIVATEAPI_REMOVE_ORPHANS", "3f1c9a52-0000-0000-0000-000000000001,"),
                Map.entry("PRIVATEAPI_LOG_LEVEL", "debug"),
                Map.entry("PRIVATEAPI_LOG_FORMAT", "json")));

        assertThat(settings.watchNamespaces()).containsExactly("team-a", "team-b");
        assertThat(settings.labelSelector()).isEqualTo("shard in (1, 2),!example.com/old");
        assertThat(settings.leaderElection()).isFalse();
        assertThat(settings.leaseNamespace()).isEqualTo("system");
        assertThat(settings.driftInterval()).isEqualTo(Duration.ofSeconds(3723));
        assertThat(settings.givenClusterId()).contains("prod.eu_1");
        assertThat(settings.httpAddress()).isEqualTo("127.0.0.1");
        assertThat(settings.httpPort()).isZero();
        assertThat(settings.timeScale()).isEqualTo(20.5);
        assertThat(settings.turnsAtOnce()).isEqualTo(7);
        assertThat(settings.accountRoles()).isEqualTo(Map.of(
                "111111111111", new Role("arn:aws:iam::111111111111:role/peer", "shared secret"),
                "222222222222", new Role("arn:aws-cn:iam::222222222222:role/a/b", "")));
        assertThat(settings.awsRates()).isEqualTo(Map.of(ApiClass.EC2_WRITE, new Rate(10, 2.5), ApiClass.ROUTE53, new Rate(1, 1)));
        assertThat(settings.driftQueues()).isEqualTo(Map.of(
                "ap-northeast-1", "https://sqs.ap-northeast-1.amazonaws.com/123456789012/drift_1",
                "cn-north-1", "https://sqs.cn-north-1.amazonaws.com.cn/210987654321/drift"));
        assertThat(settings.safetyInterval()).isEqualTo(Duration.ofHours(2));
        assertThat(settings.rateShare()).isEqualTo(0.5);
        assertThat(settings.orphanInterval()).isEqualTo(Duration.ofMinutes(30));
        assertThat(settings.removes("3f1c9a52-0000-0000-0000-000000000001")).isTrue();
        assertThat(settings.removes("3f1c9a52-0000-0000-0000-000000000002")).isFalse();
        assertThat(SettingsReader.read(Map.of()).removes("3f1c9a52-0000-0000-0000-000000000001")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "WATCH_NAMESPACES   | Team_A                                      | namespaces, such as team-a,team-b",
        "LABEL_SELECTOR     | shard 1                                     | a label selector, such as shard=1",
        "LABEL_SELECTOR     | shard in 1,2                                | a label selector",
        "LEADER_ELECTION    | yes                                         | true or false",
        "LEASE_NAMESPACE    | a/b                                         | a namespace",
        "REMOVE_ORPHANS     | everything                                  | uids of resources that are gone",
        "DRIFT_INTERVAL     | 5                                           | a duration from 1s to 8760h",
        "DRIFT_INTERVAL     | 0s                                          | a duration",
        "DRIFT_INTERVAL     | -5m                                         | a duration",
        "DRIFT_INTERVAL     | 9223372036854775807h                        | a duration",
        "DRIFT_INTERVAL     | 99999999999999999999s                       | a duration",
        "DRIFT_QUEUES       | private-api-operator-drift                  | URLs of standard SQS queues, one for a Region",
        "DRIFT_QUEUES       | https://sqs.eu-west-1.amazonaws.com/123456789012/a.fifo | URLs of standard SQS queues",
        "DRIFT_QUEUES       | https://sqs.eu-west-1.amazonaws.com/123456789012/a,https://sqs.eu-west-1.amazonaws.com/123456789012/b | one for a Region",
        "SAFETY_INTERVAL    | 1d                                          | a duration from 1s to 8760h",
        "CLUSTER_ID         | two words                                   | 1 to 64 letters",
        "HTTP_ADDRESS       | a b                                         | an address",
        "HTTP_PORT          | http                                        | a port from 0",
        "HTTP_PORT          | 65536                                       | a port",
        "TIME_SCALE         | 0                                           | a number from 0.001 to 10000",
        "TIME_SCALE         | NaN                                         | a number",
        "TIME_SCALE         | 1e300                                       | a number",
        "MAX_CONCURRENT     | 0                                           | a number from 1 to 1000",
        "ACCOUNT_ROLES      | 123=arn:aws:iam::123456789012:role/x        | <account>=<role ARN>",
        "ACCOUNT_ROLES      | 123456789012=arn:aws:iam::123456789012:user/x | <account>=<role ARN>",
        "ACCOUNT_ROLES      | 111111111111=arn:aws:iam::111111111111:role/x,111111111111=arn:aws:iam::111111111111:role/y | <account>=<role ARN>",
        "RATE_SHARE         | 0                                           | a number above 0 up to 1",
        "RATE_SHARE         | 1.5                                         | a number above 0 up to 1",
        "RATE_SHARE         | NaN                                         | a number above 0 up to 1",
        "AWS_RATES          | ec2=1/1                                     | classes are api-gateway,",
        "AWS_RATES          | ec2-read=0/1                                | <class>=<burst>/<per second>",
        "AWS_RATES          | ec2-read=1/Infinity                         | <class>=<burst>/<per second>",
        "AWS_RATES          | ec2-read=1                                  | <class>=<burst>/<per second>",
        "AWS_RATES          | ec2-read=1/1,ec2-read=2/2                   | <class>=<burst>/<per second>",
    })
    void wrongSettingIsOneLineThatSaysWhatToWrite(String name, String value, String advice) {
        assertThatThrownBy(() -> SettingsReader.read(Map.of("PRIVATEAPI_" + name, value)))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("PRIVATEAPI_" + name + "=" + value + " cannot be read: write ")
                .hasMessageContaining(advice)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard=1", "shard==1", "shard!=1,tier", "a.example/shard notin (1,2)", "!shard", "shard="})
    void everyFormOfALabelSelectorIsRead(String selector) {
        assertThat(SettingsReader.read(Map.of("PRIVATEAPI_LABEL_SELECTOR", selector)).labelSelector()).isEqualTo(selector);
    }

    @Test
    void shareIsTakenOfAwsOwnLimitsAndOfThoseThatAreSet() {
        assertThat(SettingsReader.read(Map.of()).ownRates()).as("all, if there are no shards")
                .containsEntry(ApiClass.EC2_WRITE, ApiClass.EC2_WRITE.standard());

        assertThat(SettingsReader.read(Map.of("PRIVATEAPI_AWS_RATES", "route53=9/10", "PRIVATEAPI_RATE_SHARE", "0.5")).ownRates())
                .hasSameSizeAs(ApiClass.values())
                .containsEntry(ApiClass.EC2_WRITE, new Rate(25, 2.5))
                .containsEntry(ApiClass.ROUTE53, new Rate(4, 5))
                .containsEntry(ApiClass.API_GATEWAY_DELETE_API, new Rate(1, 0.015, true));
    }

    @Test
    void everyWrongSettingIsNamedAtOnce() {
        assertThatThrownBy(() -> SettingsReader.read(Map.of(
                        "PRIVATEAPI_HTTP_PORT", "http", "PRIVATEAPI_LEADER_ELECTION", "maybe", "PRIVATEAPI_DRIFT", "1m")))
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(3));
    }

    @Test
    void mistypedNameIsNotTakenForTheDefault() {
        assertThatThrownBy(() -> SettingsReader.read(Map.of("PRIVATEAPI_WATCH_NAMESPACE", "team-a")))
                .hasMessageStartingWith("PRIVATEAPI_WATCH_NAMESPACE is no setting of the operator")
                .hasMessageContaining("PRIVATEAPI_WATCH_NAMESPACES");
    }

    @Test
    void everySettingIsInTheManual() throws IOException {
        String manual = Files.readString(Path.of("docs", "operations.md"));

        assertThatThrownBy(() -> SettingsReader.read(Map.of("PRIVATEAPI_X", "")))
                .satisfies(e -> assertThat(SETTING.matcher(e.getMessage()).results().map(it -> it.group(1)))
                        .hasSizeGreaterThan(10)
                        .allSatisfy(name -> assertThat(manual).contains("`" + name + "`")));
    }
}
