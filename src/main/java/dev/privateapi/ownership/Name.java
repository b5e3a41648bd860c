package dev.privateapi.ownership;

import dev.privateapi.model.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a resource whose service wants unique names: readable first, then a digest of owner uid and resource, so
 * that the same resource always gets the same name and no two stacks ever share one.
 */
public record Name(Owner owner, ResourceKey key) {

    /** Characters in the name of a load balancer or target group (API reference, CreateLoadBalancer). */
    public static final int LOAD_BALANCING_LIMIT = 32;

    private static final int DIGEST = 10;
    private static final Pattern LIKE = Pattern.compile(".+-[0-9a-f]{" + DIGEST + "}");

    /**
     * @param limit the service's limit in characters, such as 32 for load balancers and target groups
     * @return of {@code [a-z0-9-]} only, never beginning or ending with a hyphen
     */
    public String within(int limit) {
        String readable = (owner.name() + "-" + key.name()).toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-");
        int room = limit - DIGEST - 1;
        String cut = readable.length() <= room ? readable : readable.substring(0, room);
        return cut.replaceAll("^-+|-+$", "") + "-" + digest();
    }

    /** Whether it may be such a name, of whichever stack. */
    public static boolean isLike(String name) {
        return LIKE.matcher(name).matches();
    }

    private String digest() {
        byte[] seed = (owner.uid() + "/" + key.name()).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(seed);
            return HexFormat.of().formatHex(hash).substring(0, DIGEST);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
