# The operator's image. Both base images are arguments, for mirrors and for pinning by digest:
#   docker build --build-arg BUILD_IMAGE=… --build-arg RUNTIME_IMAGE=… -t private-api-operator:0.1.0 .
# They need: Maven 3.8+ and a JDK 25 to build; a Java 25 runtime to run.
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY pom.xml .
# The dependencies in a layer of their own: a change of the source alone does not download them again.
RUN mvn -B -ntp -q dependency:go-offline || echo "not all dependencies could be fetched ahead; the build fetches the rest"
COPY src src
COPY dev/train dev/train
RUN mvn -B -ntp -Dmaven.test.skip=true package && javac -d /train dev/train/Rehearsal.java

# The AOT cache (JEP 514) of a run that starts, has no stacks and ends: what that saves stands in docs/operations.md. It is
# only valid for the very JVM and the very jar that made it, hence this stage on the runtime's image. Never give it
# another jar: Java 25.0.3 does not look (JDK-8377932) and runs the classes that are in the cache.
FROM ${RUNTIME_IMAGE} AS trained
WORKDIR /app
COPY --from=build /src/target/private-api-operator.jar .
COPY --from=build /train /train
RUN java -cp /train Rehearsal /app/private-api-operator.jar /app/operator.aot -XX:+UseSerialGC -XX:NewRatio=5 \
    -XX:+UseCompactObjectHeaders -XX:TieredStopAtLevel=1

FROM ${RUNTIME_IMAGE}
WORKDIR /app
COPY --from=trained /app /app
# A user by number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 8080
# What compilers and connections took of malloc's memory for a moment stays with the process unless there are few arenas and they
# are trimmed, here each minute: some 50 MiB.
ENV MALLOC_ARENA_MAX=2
# The heap is bounded by the container's limit, and what is not heap has the rest: with a thousand stacks 200 MiB, which leaves a
# fifth of the chart's 512 MiB. The serial collector, and one compiler, because the memory is small and what is done is waiting for
# AWS: a second compiler, its profiles and its code take 60 MiB more at rest, up to 140 more while stacks are made, and as much of
# the CPU as they save (docs/adr/0021). The cache is made with the same options: one with other object headers the JVM would not take.
# `make bench` reads them here.
ENTRYPOINT ["java", "-XX:AOTCache=/app/operator.aot", "-XX:+UseSerialGC", "-XX:NewRatio=5", "-XX:+UseCompactObjectHeaders", \
            "-XX:TieredStopAtLevel=1", "-XX:MaxRAMPercentage=42", "-XX:TrimNativeHeapInterval=60000", \
            "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/private-api-operator.jar"]
