#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// OpenSSL offers much of its interface as macros, which Swift does not import.

// OpenSSL would take itself apart when the process exits, under threads that still use it. The first call decides.
static inline void copenssl_stay(void) { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); }

static inline int copenssl_set_versions(SSL_CTX *context, int least, int most) {
    return SSL_CTX_set_min_proto_version(context, least) && SSL_CTX_set_max_proto_version(context, most);
}

static inline int copenssl_set_groups(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}

static inline void copenssl_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                  | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline void copenssl_set_options(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

static inline void copenssl_on_server_name(SSL_CTX *context, int (*choose)(SSL *, int *, void *), void *argument) {
    SSL_CTX_set_tlsext_servername_callback(context, choose);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}

static inline int copenssl_set_server_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

static inline int copenssl_reason(unsigned long error) { return ERR_GET_REASON(error); }

static inline int copenssl_library(unsigned long error) { return ERR_GET_LIB(error); }

// A socket as OpenSSL's source and sink. Its own kind of BIO writes with write(2), which raises SIGPIPE for a peer that
// has gone; this one never does. The descriptor stays the caller's.

static inline int copenssl_socket_of(BIO *bio) { return (int)(intptr_t)BIO_get_data(bio); }

static inline int copenssl_would_block(long result) {
    return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

static inline int copenssl_socket_read(BIO *bio, char *buffer, int count) {
    long result = recv(copenssl_socket_of(bio), buffer, (size_t)count, MSG_DONTWAIT);
    BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY | BIO_FLAGS_IN_EOF);
    if (copenssl_would_block(result)) BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
    if (result == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)result;
}

static inline int copenssl_socket_write(BIO *bio, const char *buffer, int count) {
    long result = send(copenssl_socket_of(bio), buffer, (size_t)count, MSG_DONTWAIT | MSG_NOSIGNAL);
    BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    if (copenssl_would_block(result)) BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
    return (int)result;
}

static inline long copenssl_socket_control(BIO *bio, int command, long number, void *pointer) {
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
}

// Made once a process; null for want of memory.
static inline BIO_METHOD *copenssl_socket_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "socket");
    if (method == NULL) return NULL;
    BIO_meth_set_read(method, copenssl_socket_read);
    BIO_meth_set_write(method, copenssl_socket_write);
    BIO_meth_set_ctrl(method, copenssl_socket_control);
    return method;
}

// Gives the session a socket to read from and write to; 0 for want of memory.
static inline int copenssl_attach(SSL *session, BIO_METHOD *method, int socket) {
    BIO *bio = method == NULL ? NULL : BIO_new(method);
    if (bio == NULL) return 0;
    BIO_set_data(bio, (void *)(intptr_t)socket);
    BIO_set_init(bio, 1);
    SSL_set_bio(session, bio, bio);
    return 1;
}
