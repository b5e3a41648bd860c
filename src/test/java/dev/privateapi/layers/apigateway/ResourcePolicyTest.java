package dev.privateapi.layers.apigateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResourcePolicyTest {

    private static final String OURS = ResourcePolicy.text("vpce-1");

    @Test
    void policyReadsTheSameAsApiGatewayStoresIt() {
        // Expanded resource, another order of members, and the escaping of GetRestApi: a comparison of texts never settles.
        String stored = ("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":\"*\"},"
                + "\"Action\":[\"execute-api:Invoke\"],\"Resource\":\"arn:aws:execute-api:eu-west-1:123456789012:abc/*\","
                + "\"Condition\":{\"StringNotEquals\":{\"aws:SourceVpce\":\"vpce-1\"}}},{\"Effect\":\"Allow\",\"Principal\":\"*\","
                + "\"Action\":\"execute-api:Invoke\",\"Resource\":\"arn:aws:execute-api:eu-west-1:123456789012:abc/*\"}]}")
                .replace("\"", "\\\"").replace("/", "\\/");

        assertThat(ResourcePolicy.meaning(stored, "abc")).isEqualTo(ResourcePolicy.meaning(OURS, "abc"));
    }

    @Test
    void eachDifferenceThatLetsOthersInIsSeen() {
        String meaning = ResourcePolicy.meaning(OURS, "abc");

        assertThat(ResourcePolicy.meaning(OURS.replace("vpce-1", "vpce-2"), "abc")).as("another endpoint").isNotEqualTo(meaning);
        assertThat(ResourcePolicy.meaning(OURS.replace("Deny", "Allow"), "abc")).as("no refusal").isNotEqualTo(meaning);
        assertThat(ResourcePolicy.meaning(OURS.replace("StringNotEquals", "StringEquals"), "abc")).isNotEqualTo(meaning);
        assertThat(ResourcePolicy.meaning(OURS.replace("execute-api:/*", "execute-api:/live/*"), "abc")).isNotEqualTo(meaning);
        assertThat(ResourcePolicy.meaning(null, "abc")).as("no policy refuses every call").isNotEqualTo(meaning);
    }

    @Test
    void policyOfSomebodyElsesApiIsNotOurs() {
        String theirs = OURS.replace("execute-api:/*", "arn:aws:execute-api:eu-west-1:123456789012:other/*");

        assertThat(ResourcePolicy.meaning(theirs, "abc")).isNotEqualTo(ResourcePolicy.meaning(OURS, "abc"));
    }
}
