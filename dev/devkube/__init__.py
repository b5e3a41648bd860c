"""A real kube-apiserver and etcd on 127.0.0.1, without containers, for development and tests."""
