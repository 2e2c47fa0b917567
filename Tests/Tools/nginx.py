"""The settings of an nginx with one worker that keeps all its files in a folder of the caller's."""

SETTINGS = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
{http}}}
"""


def nginx_settings(folder, http):
    """The whole file; `http` is what stands in its http block beside that."""
    return SETTINGS.format(folder=folder, http=http)
