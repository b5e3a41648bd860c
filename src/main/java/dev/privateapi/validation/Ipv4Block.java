package dev.privateapi.validation;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** A range of IPv4 addresses, {@code first} being the lowest. */
record Ipv4Block(long first, int prefixLength) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

    /** Empty if {@code text} is no block, or has bits set beyond its prefix. */
    static Optional<Ipv4Block> parse(String text) {
        var form = FORM.matcher(text == null ? "" : text);
        if (!form.matches()) {
            return Optional.empty();
        }
        var prefixLength = Integer.parseInt(form.group(5));
        var octets = new int[] {1, 2, 3, 4};
        Arrays.setAll(octets, i -> Integer.parseInt(form.group(i + 1)));
        if (prefixLength > 32 || Arrays.stream(octets).anyMatch(octet -> octet > 255)) {
            return Optional.empty();
        }
        var first = Arrays.stream(octets).asLongStream().reduce(0, (sum, octet) -> sum << 8 | octet);
        return Optional.of(new Ipv4Block(first, prefixLength)).filter(block -> first % block.size() == 0);
    }

    long size() {
        return 1L << (32 - prefixLength);
    }

    boolean contains(Ipv4Block other) {
        return first <= other.first && other.first + other.size() <= first + size();
    }

    boolean overlaps(Ipv4Block other) {
        return contains(other) || other.contains(this);
    }
}
