package dev.privateapi.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shapes: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element". */
class WriteTest {

    private static final String PERSON = "arn:aws:iam::123456789012:user/person";
    private static final String ARN = "arn:aws:iam::123456789012:role/private-api-operator";

    private static String event(String name, String record) {
        return Heard.event(PERSON, "ec2", name, record);
    }

    @Test
    void tellsEveryIdInParametersAndAnswerHoweverDeep() {
        assertThat(Heard.names(event("CreateTags", """
                "requestParameters": {"resourcesSet": {"items": [{"resourceId": "vpc-1"}, {"resourceId": "subnet-1"}]},
                 "n": 3, "none": null}, "responseElements": {"a": {"b": ["c"]}}"""))).get()
                .isEqualTo(Set.of("vpc-1", "subnet-1", "c"));
    }

    @Test
    void tellsAnArnByItsPartsToo() {
        assertThat(Heard.names(event("TagResource", """
                "requestParameters": {"resourceArn": "arn:aws:logs:ap-northeast-1:123456789012:log-group:/a/b:*"}"""))).get()
                .satisfies(names -> assertThat(names).contains("/a/b"));
        assertThat(Heard.names(event("UpdateService", """
                "requestParameters": {"service": "arn:aws:ecs:ap-northeast-1:123456789012:service/c/s"}"""))).get()
                .satisfies(names -> assertThat(names).contains("s", "c", "arn:aws:ecs:ap-northeast-1:123456789012:service/c/s"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "not JSON", "", "[]", "7", "{}", "{\"detail-type\": \"Scheduled Event\", \"detail\": {}}"
    })
    void whateverElseIsInTheQueueTellsNothing(String message) {
        assertThat(Heard.names(message)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CreateNetworkInterface", "DeleteNetworkInterface", "RegisterTargets", "CreateLogStream"})
    void whatComesAndGoesWithEachTaskIsNoDrift(String name) {
        assertThat(Heard.names(event(name, "\"requestParameters\": {\"subnetId\": \"subnet-1\"}"))).isEmpty();
    }

    @Test
    void ruleInTheManualLeavesOutTheSame() throws IOException {
        JsonNode unseen = new ObjectMapper().readTree(Path.of("docs", "drift-rule.json").toFile())
                .at("/detail/eventName/0/anything-but");

        assertThat(StreamSupport.stream(unseen.spliterator(), false).map(JsonNode::asText))
                .containsExactlyInAnyOrderElementsOf(Write.UNSEEN);
    }

    @Test
    void refusedCallsAndReadsTellNothing() {
        assertThat(Heard.names(event("DeleteVpc",
                "\"errorCode\": \"Client.UnauthorizedOperation\", \"requestParameters\": {\"vpcId\": \"vpc-1\"}"))).isEmpty();
        assertThat(Heard.names(event("DescribeVpcs", "\"requestParameters\": {\"vpcId\": \"vpc-1\"}")
                .replace("\"readOnly\": false", "\"readOnly\": true"))).isEmpty();
    }

    @Test
    void associationThatNamesNoSubnetMayBeAnybodys() {
        String event = event("DisassociateRouteTable", "\"requestParameters\": {\"associationId\": \"rtbassoc-1\"}");

        assertThat(Write.of(event)).get().matches(Write::nameless);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "arn:aws:sts::123456789012:assumed-role/private-api-operator/aws-sdk-java-1700000000 | true",
        "arn:aws:sts::123456789012:assumed-role/private-api-operator/another-session         | true",
        "arn:aws:iam::123456789012:role/private-api-operator                                 | true",
        "arn:aws:sts::210987654321:assumed-role/private-api-operator/session                 | false",
        "arn:aws:sts::210987654321:assumed-role/peer/private-api-operator                    | true",
        "arn:aws:sts::123456789012:assumed-role/admin/private-api-operator                   | false",
        "arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForApplicationAutoScaling_ECSService/x | false",
        "arn:aws:iam::123456789012:user/private-api-operator                                 | false",
        "''                                                                                  | false",
    })
    void operatorIsKnownByItsRoleInEachSession(String caller, boolean own) {
        Callers callers = new Callers(List.of(ARN, "arn:aws:iam::210987654321:role/path/peer"));

        assertThat(callers.own(Write.of(Heard.event(caller, "ec2", "DeleteVpc", "\"requestParameters\": null")).orElseThrow()))
                .isEqualTo(own);
    }

    @Test
    void operatorThatIsAUserIsKnownByItsArn() {
        Callers callers = new Callers(List.of(PERSON));

        assertThat(Write.of(event("DeleteVpc", "\"requestParameters\": null"))).get().matches(callers::own);
    }
}
