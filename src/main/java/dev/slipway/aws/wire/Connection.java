package dev.slipway.aws.wire;

import dev.slipway.endpoint.Deadline;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection. Used by one thread at a time, which waits in its calls; whoever interrupts that
 * thread closes the connection, since it is a channel's.
 */
final class Connection implements AutoCloseable {
  private static final int BUFFER = 16 << 10;

  /** A line or all headers of an answer; SageMaker's have less than 2 KiB. */
  private static final int MAX_HEAD = 64 << 10;

  private final SocketChannel channel;
  private final Expiry expiry;

  /** How long the next bytes may take. */
  private Duration patience;

  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private volatile long lastMoved = System.nanoTime();
  private boolean answered;
  private long idleSince;

  private Connection(SocketChannel channel, Expiry.Clock clock, Duration patience)
      throws IOException {
    this.channel = channel;
    this.expiry = new Expiry(clock, this::silence, this::close);
    this.patience = patience;
    this.socket = channel.socket();
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  /**
   * Opens one: connects, passes the proxy, shakes hands.
   *
   * @throws ConnectException if nothing answers
   */
  static Connection open(
      Target target,
      SSLSocketFactory tls,
      Connections.Timeouts timeouts,
      Expiry.Clock clock,
      Deadline deadline)
      throws IOException {
    String host = target.proxy().map(Proxy::host).orElse(target.host());
    int port = target.proxy().map(Proxy::port).orElse(target.port());
    Connection connection =
        new Connection(connect(host, port, timeouts.connect()), clock, timeouts.connect());
    try {
      connection.begin(deadline);
      if (target.proxy().isPresent()) {
        connection.tunnel(target, target.proxy().get());
      }
      if (target.secure()) {
        connection.secure(target, tls);
      }
      connection.end();
      connection.patience = timeouts.read();
      return connection;
    } catch (SocketTimeoutException e) {
      connection.close();
      throw deadline.over() ? e : silent(host, e);
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Tries the addresses of a host, one after the other. */
  private static SocketChannel connect(String host, int port, Duration timeout) throws IOException {
    IOException last = new ConnectException(host + " has no address");
    for (InetAddress address : InetAddress.getAllByName(host)) {
      SocketChannel channel = SocketChannel.open();
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel
            .socket()
            .connect(new InetSocketAddress(address, port), Math.toIntExact(timeout.toMillis()));
        return channel;
      } catch (SocketTimeoutException e) {
        channel.close();
        last = silent(host, e);
      } catch (IOException e) {
        channel.close();
        last = e;
      } catch (RuntimeException e) {
        channel.close();
        throw e;
      }
    }
    throw last;
  }

  private static ConnectException silent(String host, SocketTimeoutException cause) {
    ConnectException silent = new ConnectException(host + " does not answer");
    silent.initCause(cause);
    return silent;
  }

  private void tunnel(Target target, Proxy proxy) throws IOException {
    String name = target.host().indexOf(':') < 0 ? target.host() : "[" + target.host() + "]";
    String to = name + ":" + target.port();
    StringBuilder request =
        new StringBuilder("CONNECT " + to + " HTTP/1.1\r\nhost: " + to + "\r\n");
    proxy
        .authorization()
        .ifPresent(shown -> request.append("proxy-authorization: " + shown + "\r\n"));
    write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    Head head = Head.read(this);
    if (!head.succeeded()) {
      throw new IOException("the proxy " + proxy + " answers " + head.status());
    }
    if (position < limit) {
      throw new IOException("the proxy " + proxy + " says more than it should");
    }
  }

  private void secure(Target target, SSLSocketFactory tls) throws IOException {
    SSLSocket layered = (SSLSocket) tls.createSocket(socket, target.host(), target.port(), true);
    SSLParameters parameters = layered.getSSLParameters();
    // Without it any certificate of any trusted name would do.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    layered.setSSLParameters(parameters);
    socket = layered;
    try {
      layered.startHandshake();
    } catch (IOException e) {
      throw expiry.timed(e);
    }
    in = layered.getInputStream();
    out = layered.getOutputStream();
  }

  /** Begins an exchange, which has until its deadline; then the connection is closed. */
  void begin(Deadline deadline) {
    answered = false;
    lastMoved = System.nanoTime();
    expiry.begin(deadline, patience);
  }

  /** Ends the exchange: from now on no deadline closes the connection. */
  void end() {
    expiry.end();
  }

  private Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastMoved);
  }

  /** Returns whether anything came back since the exchange began. */
  boolean answered() {
    return answered;
  }

  /** Sends bytes. */
  void write(byte[] bytes) throws IOException {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw expiry.timed(e);
    }
  }

  /** Returns the next byte, -1 at the end. */
  int read() throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xff;
  }

  /** Reads some bytes, at most so many; -1 at the end. */
  int read(byte[] bytes, int offset, int length) throws IOException {
    if (position == limit) {
      if (length >= BUFFER) {
        return receive(bytes, offset, length);
      }
      if (!fill()) {
        return -1;
      }
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, bytes, offset, count);
    position += count;
    return count;
  }

  /** Reads a line without its end. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int next = read(); next != '\n'; next = read()) {
      if (next < 0) {
        throw new EOFException("the connection was closed within an answer's head");
      }
      if (line.length() >= MAX_HEAD) {
        throw new IOException("a line of an answer's head is too long");
      }
      line.append((char) next);
    }
    int length = line.length();
    return length > 0 && line.charAt(length - 1) == '\r'
        ? line.substring(0, length - 1)
        : line.toString();
  }

  private boolean fill() throws IOException {
    int count = receive(buffer, 0, buffer.length);
    position = 0;
    limit = Math.max(0, count);
    return count > 0;
  }

  private int receive(byte[] bytes, int offset, int length) throws IOException {
    try {
      int count = in.read(bytes, offset, length);
      answered |= count > 0;
      lastMoved = System.nanoTime();
      return count;
    } catch (IOException e) {
      throw expiry.timed(e);
    }
  }

  /** Notes that nobody uses it from now on. */
  void rest() {
    idleSince = System.nanoTime();
  }

  /** Returns how long nobody has used it. */
  Duration idle() {
    return Duration.ofNanos(System.nanoTime() - idleSince);
  }

  /**
   * Returns whether the other side still listens, as far as can be seen from here. A byte that
   * nobody has asked for, a farewell of TLS among them, makes the connection useless too.
   */
  boolean alive() {
    if (position < limit) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      boolean silent = channel.read(ByteBuffer.allocate(1)) == 0;
      channel.configureBlocking(true);
      return silent;
    } catch (IOException closed) {
      return false;
    }
  }

  /** Closes it at once, without a farewell; whoever waits in it is woken by an error. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException closed) {
      // It is gone either way.
    }
  }
}
