package dev.privateapi.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdoptionTest {

    @Test
    void readsObjectsAndUidsSeparatedByWhiteSpaceOrCommas() {
        Adoption.Parsed parsed = Adoption.parse("""
                network/vpc=vpc-1,  owner-uid=uid-0
                network/subnet/10.1.1.0/24=subnet-1
                load-balancer/nlb=arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a/b owner-uid=uid-1
                """);

        assertThat(parsed.faults()).isEmpty();
        assertThat(parsed.adoption()).isEqualTo(new Adoption(
                Map.of("network/vpc", "vpc-1", "network/subnet/10.1.1.0/24", "subnet-1", "load-balancer/nlb",
                        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a/b"),
                Set.of("uid-0", "uid-1")));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " \n , "})
    void nothingIsNothing(String text) {
        assertThat(Adoption.parse(text)).isEqualTo(new Adoption.Parsed(Adoption.NONE, java.util.List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vpc-1", "network/vpc=", "=vpc-1", "network/vpc=vpc-1 network/vpc=vpc-2", "network/vpc=x,network/subnet/a=x"})
    void whatCannotBeReadIsToldWithWhatToWrite(String text) {
        assertThat(Adoption.parse(text).faults()).hasSize(1)
                .allSatisfy(fault -> assertThat(fault).containsAnyOf("write <resource>=<id>", "leave one of them"));
    }
}
