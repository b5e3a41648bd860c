package dev.privateapi.push;

import java.util.Set;

/** Who is told what a queue told. Called by the queue's own thread. */
public interface Ear {

    /** Somebody else wrote. @param names every id, ARN and name in the call */
    void written(Set<String> names);

    /** Somebody else wrote in that Region, and nothing says on what. */
    void written(String region);

    /** That Region's queue cannot be read: from now on nobody tells what happens there. */
    void deaf(String region);
}
