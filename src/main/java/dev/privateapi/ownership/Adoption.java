package dev.privateapi.ownership;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a person says is the stack's although its tags do not: single objects that were made by hand, and everything of an
 * earlier resource of the same name, as after the restoration of a cluster.
 *
 * @param ids what an object is to be to the stack, such as {@code network/vpc}, and its id or ARN
 * @param uids of the earlier resources
 */
public record Adoption(Map<String, String> ids, Set<String> uids) {

    /** On the resource. */
    public static final String ANNOTATION = "privateapi.dev/adopt";
    /**
     * On each object that is adopted by its id, with the stack's {@code namespace/name} as its value: who may write the
     * resource may not thereby take, and delete, whatever the operator can reach.
     */
    public static final String CONSENT = "privateapi.dev/adopt";

    public static final Adoption NONE = new Adoption(Map.of(), Set.of());

    private static final String UID = "owner-uid";

    public Adoption {
        ids = Map.copyOf(ids);
        uids = Set.copyOf(uids);
    }

    /** @param faults what it says that is wrong, each with what to write instead */
    public record Parsed(Adoption adoption, List<String> faults) {}

    /**
     * @param text {@code <resource>=<id>} and {@code owner-uid=<uid>}, separated by white space or commas; null or empty for
     *     none
     */
    public static Parsed parse(String text) {
        Map<String, String> ids = new LinkedHashMap<>();
        Set<String> uids = new LinkedHashSet<>();
        List<String> faults = new ArrayList<>();
        for (String item : (text == null ? "" : text).strip().split("[\\s,]+")) {
            int at = item.indexOf('=');
            String value = item.substring(at + 1);
            if (item.isEmpty()) {
                continue;
            } else if (at < 1 || value.isEmpty()) {
                faults.add("says \"" + item + "\", which cannot be read: write <resource>=<id>, such as"
                        + " network/vpc=vpc-0123456789abcdef0, or owner-uid=<uid>");
            } else if (item.startsWith(UID + "=")) {
                uids.add(value);
            } else if (ids.containsValue(value) || ids.put(item.substring(0, at), value) != null) {
                faults.add("says " + item + " and another for the same: leave one of them");
            }
        }
        return new Parsed(new Adoption(ids, uids), faults);
    }
}
