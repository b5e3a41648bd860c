package dev.privateapi.layers.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustPolicyTest {

    @ParameterizedTest(name = "{2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            true  | {"Statement":{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}} | one statement without a list
            true  | {"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":["sts:AssumeRole"]}]} | lists of one, and a name
            true  | {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"STS:assumeRole","Condition":{}}]} | actions know no case
            false | {"Statement":[{"Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com","ec2.amazonaws.com"]},"Action":"sts:AssumeRole"}]} | another service too
            false | {"Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com","AWS":"*"},"Action":"sts:AssumeRole"}]} | everybody too
            false | {"Statement":[{"Effect":"Deny","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]} | the contrary
            false | {"Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]} | a condition that tasks may not meet
            false | {"Statement":[]} | nobody
            false | {"Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"},{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]} | a second statement
            false | 100% nonsense | not a policy
            """)
    void readsPoliciesByMeaning(boolean meant, String document, String because) {
        assertThat(TrustPolicy.isMeantBy(document)).as(because).isEqualTo(meant);
    }

    @Test
    void readsWhatIamAnswers() {
        String encoded = URLEncoder.encode(TrustPolicy.DOCUMENT, StandardCharsets.UTF_8).replace("+", "%20");

        assertThat(TrustPolicy.isMeantBy(encoded))
                .as("IAM percent-encodes documents, and not decoded they would differ for ever").isTrue();
    }
}
