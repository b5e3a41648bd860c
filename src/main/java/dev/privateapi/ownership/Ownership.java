package dev.privateapi.ownership;

import dev.privateapi.model.Kind;
import dev.privateapi.model.ResourceKey;
import java.util.Map;
import java.util.Optional;

/** The tags that say whose an AWS object is. They are the truth; ids in a status are hints. */
public final class Ownership {

    public static final String OWNER_UID = "privateapi.dev/owner-uid";
    public static final String OWNER = "privateapi.dev/owner";
    public static final String CLUSTER = "privateapi.dev/cluster";
    public static final String RESOURCE = "privateapi.dev/resource";
    /** What the consoles show as an object's name. */
    public static final String NAME = "Name";

    /** Characters in a tag's value (Tagging AWS Resources User Guide, "Tag naming limits and requirements"). */
    private static final int LONGEST_VALUE = 256;

    private Ownership() {}

    /** What every object carries from its create call on. */
    public static Map<String, String> tags(Owner owner, ResourceKey key) {
        return Map.of(
                OWNER_UID, owner.uid(),
                OWNER, owner.path(),
                CLUSTER, owner.cluster(),
                RESOURCE, key.name(),
                NAME, shown(owner.name() + "/" + key.name()));
    }

    /** Only for people to read, so that its end may be missing; with it, AWS would refuse the whole create. */
    private static String shown(String name) {
        return name.length() <= LONGEST_VALUE ? name : name.substring(0, LONGEST_VALUE);
    }

    /**
     * What an object with these tags is to this stack; empty if it is not this stack's, or if somebody made of its name
     * what no stack has: then nobody knows what it is, and it is left alone.
     */
    public static Optional<ResourceKey> key(Owner owner, Kind kind, Map<String, String> tags) {
        return owner.uid().equals(tags.get(OWNER_UID)) ? key(kind, tags) : Optional.empty();
    }

    /** Whose the tags say that an object is; empty if they do not say all of it. */
    public static Optional<Owner> owner(Map<String, String> tags) {
        String[] path = tags.getOrDefault(OWNER, "").split("/", -1);
        boolean whole = path.length == 2 && tags.containsKey(OWNER_UID) && tags.containsKey(CLUSTER);
        return whole
                ? Optional.of(new Owner(tags.get(OWNER_UID), path[0], path[1], tags.get(CLUSTER)))
                : Optional.empty();
    }

    /** What an object with these tags is to whichever stack it belongs. */
    static Optional<ResourceKey> key(Kind kind, Map<String, String> tags) {
        return Optional.ofNullable(tags.get(RESOURCE)).flatMap(name -> ResourceKey.named(kind, name));
    }
}
