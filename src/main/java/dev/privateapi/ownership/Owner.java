package dev.privateapi.ownership;

/**
 * The stack to which an AWS object belongs.
 *
 * @param uid the resource's {@code metadata.uid}: the one thing that decides whether an object is this stack's
 * @param cluster the id of the operator's installation
 */
public record Owner(String uid, String namespace, String name, String cluster) {

    /** As in {@code default/poc}. */
    public String path() {
        return namespace + "/" + name;
    }
}
