package dev.privateapi.validation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv4BlockTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "10.1.0.0", "10.1.0.0/33", "10.1.0.256/16", "10.1.0.1/16", "10.1.0.0/16 ", "fd00::/16", "a.b.c.d/8"})
    void isNoBlock(String text) {
        // AWS would mask 10.1.0.1/16 silently; the spec and what AWS reports would then differ for ever.
        assertThat(Ipv4Block.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16,    10.1.255.0/24,  true,  true",
        "10.1.255.0/24,  10.1.0.0/16,    false, true",
        "10.1.0.0/16,    10.1.0.0/16,    true,  true",
        "10.1.0.0/24,    10.1.1.0/24,    false, false",
        "0.0.0.0/0,      255.255.0.0/16, true,  true",
        "255.255.0.0/16, 10.0.0.0/8,     false, false",
    })
    void knowsWhatItContainsAndOverlaps(String one, String other, boolean contains, boolean overlaps) {
        var block = Ipv4Block.parse(one).orElseThrow();
        var another = Ipv4Block.parse(other).orElseThrow();

        assertThat(block.contains(another)).isEqualTo(contains);
        assertThat(block.overlaps(another)).isEqualTo(overlaps);
        assertThat(another.overlaps(block)).isEqualTo(overlaps);
    }
}
